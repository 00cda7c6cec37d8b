"""What is asked of people's accounts."""

PASSWORD_MIN = 12
"""Characters; OWASP ASVS 5.0, 6.2.1 asks for eight at least and recommends fifteen."""
