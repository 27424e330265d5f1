"""The loader's choice between two slots on a Raspberry Pi, written once as U-Boot's script; `chosen` says the same in Python.

The rules are those of the x86-64 loader (`grub.py`): a slot that was not marked good is tried three times, then the other one; when neither
has tries left, the slot that was good last is started once more with its tries given back.

The counters lie on a partition of their own in two copies, in the form that U-Boot, fw_setenv and RAUC know as a redundant environment: a
CRC, a byte that says which copy is newer, and the values. Debian's U-Boot keeps its environment in one file on the FAT; so the script
reads, checks and writes the two copies by itself, always over the older one. A power cut while it writes costs nothing but that write.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal_image import grub
from terminal_image.stage import run

TRIES = grub.TRIES
SLOTS = grub.SLOTS
COPY_BYTES, SECOND_COPY_AT = 0x4000, 0x80000
_HEADER_BYTES = 5
_VALUES = "BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT GOOD"
_NOT_HERE = ("vsyscall=", "efi=")
COMMAND_LINE = " ".join(word for word in grub.COMMAND_LINE.split() if not word.startswith(_NOT_HERE))
"""The x86-64 terminal's, without what only that processor or its firmware has."""

FRESH: Mapping[str, str] = {"BOOT_ORDER": "A B", "BOOT_A_LEFT": str(TRIES), "BOOT_B_LEFT": str(TRIES), "GOOD": "A"}
"""A terminal from the depot: the same in both slots."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which slot is started, and what the loader wrote before it did."""

    slot: str
    written: Mapping[str, str]
    is_last_resort: bool = False


def chosen(environment: Mapping[str, str]) -> Choice:
    """Return what the script does with these values; none at all are those of a fresh terminal."""
    values = environment or FRESH
    order = values.get("BOOT_ORDER", "").split() or list(SLOTS)
    for slot in order:
        if slot in SLOTS and values.get(f"BOOT_{slot}_LEFT") in {str(left) for left in range(1, TRIES + 1)}:
            left = int(values[f"BOOT_{slot}_LEFT"]) - 1
            return Choice(slot, {f"BOOT_{slot}_LEFT": str(left)})
    slot = "B" if values.get("GOOD") == "B" else "A"
    return Choice(slot, {f"BOOT_{slot}_LEFT": str(TRIES - 1)}, is_last_resort=True)


def encoded(values: Mapping[str, str], age: int | None = None, size: int = COPY_BYTES) -> bytes:
    """Return an environment as U-Boot keeps it: its CRC, with `age` the byte of a redundant one, the values, and zeros.

    Raises:
        ValueError: The values do not fit.
    """
    header = 4 if age is None else _HEADER_BYTES
    text = b"".join(f"{name}={value}".encode("ascii") + b"\0" for name, value in sorted(values.items())) + b"\0"
    if header + len(text) > size:
        raise ValueError(f"an environment has {size} bytes")
    body = text.ljust(size - header, b"\0")
    return zlib.crc32(body).to_bytes(4, "little") + (b"" if age is None else bytes([age])) + body


def decoded(copy: bytes) -> tuple[int, dict[str, str]] | None:
    """Return a copy's age and values; None when its CRC is not its own."""
    body = copy[_HEADER_BYTES:COPY_BYTES]
    if len(body) != COPY_BYTES - _HEADER_BYTES or zlib.crc32(body).to_bytes(4, "little") != copy[:4]:
        return None
    texts = body.split(b"\0\0", 1)[0].decode("ascii", errors="replace").split("\0")
    return copy[4], dict(text.split("=", 1) for text in texts if "=" in text)


def newest(partition: bytes) -> int | None:
    """Return which copy counts, 0 or 1; None when neither is whole. The age goes from 255 back to 0."""
    ages = [found[0] if (found := decoded(partition[at : at + COPY_BYTES])) else None for at in (0, SECOND_COPY_AT)]
    match ages:
        case [None, None]:
            return None
        case [None, _]:
            return 1
        case [_, None]:
            return 0
        case [255, 0]:
            return 1
        case [0, 255]:
            return 0
        case [first, second]:
            return 1 if second is not None and first is not None and second > first else 0
    return None


def values_in(partition: bytes) -> dict[str, str]:
    """Return the values that count; none when neither copy is whole."""
    at = newest(partition)
    found = None if at is None else decoded(partition[at * SECOND_COPY_AT : at * SECOND_COPY_AT + COPY_BYTES])
    return {} if found is None else found[1]


def partition(values: Mapping[str, str] = FRESH) -> bytes:
    """Return the partition of a fresh terminal, as far as it is written: both copies."""
    return encoded(values, 1).ljust(SECOND_COPY_AT, b"\0") + encoded(values, 0)


def script(extra: str = "") -> str:
    """Return the script; `extra` goes onto the kernel's command line, for trials with a loader of their own.

    Numbers are hexadecimal, as U-Boot reads them. The environment has its CRC with the lowest byte first; `crc32` puts its result down so
    on a Raspberry Pi, and the other way round where U-Boot was built with more kinds of digests: the script tries which, and turns it then.
    """
    sectors, second, body = f"{COPY_BYTES // 512:x}", f"{SECOND_COPY_AT // 512:x}", f"{COPY_BYTES - _HEADER_BYTES:x}"
    return f"""\
setexpr ram ${{kernel_addr_r}} \\& fff00000
setexpr kernel_at ${{ram}} + 4000000
setexpr initrd_at ${{ram}} + a000000
setexpr one ${{ram}} + 3000000
setexpr two ${{ram}} + 3010000
setexpr sum ${{ram}} + 3020000
setexpr text ${{ram}} + 3030000
setexpr turned ${{sum}} + 4
setenv one_byte 'cp.b ${{from}} ${{to}} 1; setexpr from ${{from}} - 1; setexpr to ${{to}} + 1'
setenv turn 'setexpr from ${{sum}} + 3; setexpr to ${{turned}}; run one_byte; run one_byte; run one_byte; run one_byte'
mw.b ${{text}} 0 4
crc32 ${{text}} 4 ${{sum}}
setexpr probe *${{sum}}
if test ${{probe}} = {zlib.crc32(bytes(4)):x}; then setenv turn 'cp.b ${{sum}} ${{turned}} 4'; fi
${{devtype}} dev ${{devnum}}
part start ${{devtype}} ${{devnum}} kiosk-env place_one
setexpr place_two ${{place_one}} + {second}
{_read("one", sectors, body)}
{_read("two", sectors, body)}
setenv newest none
if test ${{ok_one}} = 1; then setenv newest one; fi
if test ${{ok_two}} = 1; then
  if test ${{ok_one}} = 0; then
    setenv newest two
  elif test ${{age_one}} = ff && test ${{age_two}} = 0; then
    setenv newest two
  elif test ${{age_one}} = 0 && test ${{age_two}} = ff; then
    setenv newest one
  elif test 0x${{age_two}} -gt 0x${{age_one}}; then
    setenv newest two
  fi
fi
setenv BOOT_ORDER "A B"
setenv BOOT_A_LEFT {TRIES}
setenv BOOT_B_LEFT {TRIES}
setenv GOOD A
setenv older one
setenv age 0
if test ${{newest}} = one; then env import -b ${{data_one}} {body} {_VALUES}; setenv older two; setenv age ${{age_one}}; fi
if test ${{newest}} = two; then env import -b ${{data_two}} {body} {_VALUES}; setenv older one; setenv age ${{age_two}}; fi
if test -z "${{BOOT_ORDER}}"; then setenv BOOT_ORDER "A B"; fi
setenv chosen none
for slot in ${{BOOT_ORDER}}; do
{_offer("A")}
{_offer("B")}
done
setenv resort
if test ${{chosen}} = none; then
  setenv chosen A
  if test "${{GOOD}}" = B; then setenv chosen B; fi
  setenv left {TRIES - 1}
  setenv resort " kiosk.lastresort"
fi
if test ${{chosen}} = A; then setenv BOOT_A_LEFT ${{left}}; setenv low a; else setenv BOOT_B_LEFT ${{left}}; setenv low b; fi
setexpr age ${{age}} + 1
setexpr age ${{age}} \\& ff
{_write("one", sectors, body)}
{_write("two", sectors, body)}
echo "slot ${{chosen}}, ${{left}} left${{resort}}"
part number ${{devtype}} ${{devnum}} kiosk-boot-${{low}} number
setenv roothash
if load ${{devtype}} ${{devnum}}:${{number}} ${{text}} slot.env; then env import -t ${{text}} ${{filesize}} roothash hashoffset; fi
setenv bootargs "{COMMAND_LINE}{" " + extra if extra else ""} rauc.slot=${{chosen}} kiosk.root=kiosk-root-${{low}}"
setenv bootargs "${{bootargs}} kiosk.roothash=${{roothash}} kiosk.hashoffset=${{hashoffset}}${{resort}}"
if test -n "${{roothash}}" && load ${{devtype}} ${{devnum}}:${{number}} ${{kernel_at}} vmlinuz; then
  if load ${{devtype}} ${{devnum}}:${{number}} ${{initrd_at}} initrd.img; then
    booti ${{kernel_at}} ${{initrd_at}}:${{filesize}} ${{fdt_addr}}
  fi
fi
echo "slot ${{chosen}} does not start"
sleep 1
reset
"""


def _read(copy: str, sectors: str, body: str) -> str:
    """Read a copy, and note whether it is whole (`ok_`) and how old (`age_`)."""
    return f"""\
setexpr data_{copy} ${{{copy}}} + {_HEADER_BYTES}
setexpr at_age ${{{copy}}} + 4
setenv ok_{copy} 0
if ${{devtype}} read ${{{copy}}} ${{place_{copy}}} {sectors}; then
  crc32 ${{data_{copy}}} {body} ${{sum}}
  run turn
  if cmp.b ${{turned}} ${{{copy}}} 4; then setenv ok_{copy} 1; setexpr.b age_{copy} *${{at_age}}; fi
fi"""


def _offer(slot: str) -> str:
    lefts = "; ".join(
        f'if test "${{BOOT_{slot}_LEFT}}" = {left}; then setenv chosen {slot}; setenv left {left - 1}; fi' for left in range(1, TRIES + 1)
    )
    return f"  if test ${{chosen}} = none && test ${{slot}} = {slot}; then {lefts}; fi"


def _write(copy: str, sectors: str, body: str) -> str:
    """Write the values over the older copy; a copy that cannot be written stops nothing."""
    return f"""\
if test ${{older}} = {copy}; then
  setexpr at_age ${{{copy}}} + 4
  env export -b -s {body} ${{data_{copy}}} {_VALUES}
  mw.b ${{at_age}} ${{age}} 1
  crc32 ${{data_{copy}}} {body} ${{sum}}
  run turn
  cp.b ${{turned}} ${{{copy}}} 4
  ${{devtype}} write ${{{copy}}} ${{place_{copy}}} {sectors}
fi"""


def compiled(text: str, environment: Mapping[str, str], target: Path) -> Path:
    """Make the script what U-Boot reads."""
    source = target.with_suffix(".cmd")
    source.write_text(text, encoding="ascii")
    run("mkimage", "-A", "arm64", "-T", "script", "-C", "none", "-n", "Bianmin Kiosk", "-d", source, target, environment=environment)
    return target
