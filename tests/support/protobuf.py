"""The wire format of Protobuf, and the indexes that stand before a record in a schema registry's frame, as a test writes
and reads them: with no code of the worker's."""

from support.registry import zigzag

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(number):
    number, out = number & (1 << 64) - 1, b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    """A number, a text, or the bytes of a message."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(value)) + value


def message(*values):
    """Its fields are numbered from 1; None: that one is not set."""
    return b"".join(field(number, value) for number, value in enumerate(values, 1) if value is not None)


def place(*indexes):
    """Which of the schema's messages a record is: (1, 0) is the first one in the second one."""
    return b"\0" if indexes == (0,) else zigzag(len(indexes)) + b"".join(map(zigzag, indexes))


def _varint_at(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def fields(data):
    """The last value of each field by number: an int, or bytes."""
    found, at = {}, 0
    while at < len(data):
        tag, at = _varint_at(data, at)
        kind = tag & 7
        if kind == VARINT:
            found[tag >> 3], at = _varint_at(data, at)
            continue
        assert kind in (FIXED64, BYTES, FIXED32), kind
        size, at = _varint_at(data, at) if kind == BYTES else ({FIXED64: 8, FIXED32: 4}[kind], at)
        assert at + size <= len(data), "a field that goes beyond the message's end"
        found[tag >> 3], at = data[at:at + size], at + size
    return found


def placed(data):
    """The indexes before a record, and the record."""
    def index(at):
        number, at = _varint_at(data, at)
        return (number >> 1) ^ -(number & 1), at

    count, at = index(0)
    indexes = [] if count else [0]
    for _ in range(count):
        one, at = index(at)
        indexes.append(one)
    return tuple(indexes), data[at:]
