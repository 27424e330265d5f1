"""The loader's choice between two slots, written once as GRUB's script; `chosen` says the same in Python and is what the tests walk.

A slot that was not marked good is tried three times, then the other one; when neither has tries left, the slot that was good last is
started once more with its tries given back, so that a terminal whose plug was pulled in each of its first minutes still comes up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from terminal_image import disk
from terminal_image.board import X86_64

TRIES = 3
SLOTS = ("A", "B")

COMMAND_LINE = (
    "ro rootfstype=squashfs root=/dev/mapper/root panic=10 oops=panic quiet loglevel=3 vt.global_cursor_default=0 "
    "systemd.show_status=no fsck.mode=skip lockdown=integrity module.sig_enforce=1 slab_nomerge "
    "init_on_alloc=1 init_on_free=1 randomize_kstack_offset=on vsyscall=none debugfs=off efi=disable_early_pci_dma "
    "usbcore.authorized_default=0 systemd.import_credentials=no gpt"
)
"""The fixed part; the slot's own part names its root and the hash by which that is verified.

`gpt` lets the kernel take the partition table's copy where the table itself is torn, as by a plug that is pulled while it is written.

No check of file systems: there is none for the root, and the RAM disk would say so on the glass. kiosk-data checks its own.
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which slot is started, and what the loader wrote before it did."""

    slot: str
    written: Mapping[str, str]
    is_last_resort: bool = False


def chosen(environment: Mapping[str, str]) -> Choice:
    """Return what the script does with this environment block."""
    order = environment.get("ORDER", "").split() or list(SLOTS)
    for slot in order:
        if slot not in SLOTS:
            continue
        tried = environment.get(f"{slot}_TRY") or "0"
        if environment.get(f"{slot}_OK") == "1" and tried in {"0", "1", "2"}:
            return Choice(slot, {f"{slot}_TRY": str(int(tried) + 1)})
    last = environment.get("GOOD", "")
    slot = last if last in SLOTS else SLOTS[0]
    return Choice(slot, {f"{slot}_OK": "1", f"{slot}_TRY": "1"}, is_last_resort=True)


def script(extra: str = "") -> str:
    """Return grub.cfg; `extra` goes onto the kernel's command line, for tests on a loader of their own."""
    tries = "\n".join(f'      if [ "${{tried}}" = "{number}" ]; then set next={number + 1}; fi' for number in range(TRIES))
    offers = "\n".join(_offer(slot, tries) for slot in SLOTS)
    starts = "\n".join(_start(slot) for slot in SLOTS)
    return f"""\
set timeout=0
set pager=0
insmod part_gpt
insmod fat
insmod ext2
insmod regexp
insmod all_video
set gfxpayload=keep
search --no-floppy --set=esp --label KIOSK-ESP
load_env --skip-sig --file ($esp)/grubenv ORDER A_OK A_TRY B_OK B_TRY GOOD
if [ -z "$ORDER" ]; then set ORDER="A B"; fi
set chosen=""
for slot in $ORDER; do
  if [ -z "$chosen" ]; then
{offers}
  fi
done
set resort=""
if [ -z "$chosen" ]; then
  set chosen=A
  if [ "$GOOD" = "B" ]; then set chosen=B; fi
  set resort=" kiosk.lastresort"
  set next=1
  if [ "$chosen" = "A" ]; then set A_OK=1; else set B_OK=1; fi
fi
{starts}
save_env --file ($esp)/grubenv A_OK A_TRY B_OK B_TRY
regexp --set=1:disk '^(.+),gpt[0-9]+$' $esp
set boot="$disk,gpt$partition"
set roothash=""
source ($boot)/slot.cfg
if [ -z "$roothash" ]; then
  echo "this slot is not signed by the fleet"
  sleep 10
  reboot
fi
set own="rauc.slot=$chosen kiosk.root=$root_name kiosk.roothash=$roothash kiosk.hashoffset=$hashoffset$resort"
linux ($boot)/vmlinuz {COMMAND_LINE}{" " + extra if extra else ""} $own
initrd ($boot)/initrd.img
boot
sleep 10
reboot
"""


def _offer(slot: str, tries: str) -> str:
    return f"""\
    if [ "$slot" = "{slot}" -a "${slot}_OK" = "1" ]; then
      set tried="${slot}_TRY"
      if [ -z "${{tried}}" ]; then set tried=0; fi
      set next=""
{tries}
      if [ -n "$next" ]; then set chosen={slot}; fi
    fi"""


def _start(slot: str) -> str:
    low = slot.lower()
    partition = disk.number(X86_64.layout, f"kiosk-boot-{low}")
    return f'if [ "$chosen" = "{slot}" ]; then set {slot}_TRY=$next; set partition={partition}; set root_name=kiosk-root-{low}; fi'


def environment_block(values: Mapping[str, str]) -> bytes:
    """Return a grubenv of 1024 bytes.

    Raises:
        ValueError: The values do not fit.
    """
    text = "# GRUB Environment Block\n" + "".join(f"{name}={value}\n" for name, value in values.items())
    block = text.encode("ascii")
    if len(block) > 1024:
        raise ValueError("a grubenv has 1024 bytes")
    return block.ljust(1024, b"#")


FRESH = {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "1", "B_TRY": "0", "GOOD": "A"}
"""A terminal from the depot: the same in both slots."""
