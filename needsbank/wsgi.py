"""The application that gunicorn serves: one per worker process."""

import threading

from needsbank.app import create_app
from needsbank.settings import from_environment
from needsbank.web.database import warm

app = create_app(from_environment())
# The model loads while the first pages are read, so that no reader waits for it.
threading.Thread(target=warm, args=(app,), daemon=True).start()
