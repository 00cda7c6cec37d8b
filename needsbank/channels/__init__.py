"""Ways out of the bank: mail and webhooks, and putting messages into words for them."""
