"""Addresses as pictures that phones read."""


def qr_of(address: str) -> str:
    """Return the QR code of an address, as the address of a picture."""
    import segno  # noqa: PLC0415 -- only few pages show one

    # On white in every colour scheme: a phone needs the contrast.
    picture: str = segno.make(address, micro=False, error="m").svg_data_uri(scale=6, light="#fff")
    return picture
