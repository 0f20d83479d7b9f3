"""As much of protobuf's encoding as the announcers need, so that no stubs have to be generated."""


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def data(field, value):
    """A message, string or bytes."""
    return varint(field << 3 | 2) + varint(len(value)) + value


def number(field, value):
    return varint(field << 3) + varint(value)


def same(message):
    """Messages are bytes already."""
    return message
