"""From this repository and the building machine's mirrors to a disk image, step by step."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal_image import boot_keys, bundle, bytecode, disk, emulation, grub, rare_fonts, raspberry, root, sbom, slot, wheels
from terminal_image.board import RPI, X86_64, Board
from terminal_image.mirror import mirror_of_this_machine
from terminal_image.stage import BuildError, Stages, run

_LOADER_MODULES = (
    "memdisk",
    "tar",
    "part_gpt",
    "fat",
    "ext2",
    "search",
    "search_label",
    "regexp",
    "loadenv",
    "linux",
    "test",
    "echo",
    "sleep",
    "reboot",
    "normal",
    "configfile",
    "all_video",
    "efi_gop",
    "pgp",
    "gcry_rsa",
    "gcry_sha256",
    "gcry_sha512",
)

_LEVEL, _QUICK_LEVEL = 19, 3  # of zstd: five minutes and 266 MB, or half a minute and 320 MB


@dataclass(frozen=True, slots=True)
class Parts:
    """What a disk or a bundle is put together from.

    Attributes:
        first: By partition, what the firmware and the loader read before a slot is chosen.
    """

    root: Path
    boot: Path
    first: Mapping[str, Path]
    verity: slot.Verity
    tree: Path
    packages: tuple[sbom.Part, ...]
    board: Board = X86_64


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the terminals of one operator have in common, for the first-boot wizard.

    Attributes:
        template: The configuration of every terminal of this kind.
        city: The city's public folder (`city init` makes it); without it a terminal cannot set itself up, its depot has to.
        loader_key: By what the loader is signed for the firmware; without it Secure Boot has to be off.
    """

    template: Path
    city: Path | None = None
    loader_key: boot_keys.FirmwareKey | None = None

    @property
    def sources(self) -> tuple[Path, ...]:
        """What the tree is made from."""
        return (self.template,) if self.city is None else (self.template, self.city)


def epoch_of(project: Path) -> int:
    """Return the time of the source: of the last commit."""
    return int(run("git", "-C", project, "log", "-1", "--format=%ct").strip())


def parts(project: Path, folder: Path, fleet: Fleet | None = None, board: Board = X86_64, *, quick: bool = False) -> Parts:
    """Make everything that a disk consists of; what was made before and has not changed is kept."""
    fleet = fleet or Fleet(project / "image-build/template.toml")
    sources, stages = root.Sources(project, board), Stages(folder)
    environment = environment_of(project)
    with emulation.programs_of(board):
        debian, wheel_folders = _packages(sources, stages, environment)
        keys = folder / "fleet-keys"
        bundle.make_authority(keys)
        if board is X86_64:
            boot_keys.make_boot_key(keys)
        shared = _shared(stages, sources, debian, keys, fleet, environment)
        tree = stages.done(
            "tree",
            [
                _made_from(debian), *wheel_folders, shared.troubles, shared.rare_fonts, *sources.overlays, sources.units,
                keys / "authority.pem", Path(root.__file__), Path(root.__file__).with_name("board.py"), *fleet.sources,
            ],
            lambda target: _tree(debian, sources, wheel_folders, shared, environment, target),
        )  # fmt: skip
    kernel = stages.done("kernel", [_made_from(debian)], lambda target: slot.kernel(debian, target))
    level = _QUICK_LEVEL if quick else _LEVEL
    squashed = stages.done(
        "root.squashfs",
        [stages.folder / ".tree.made-from", environment["SOURCE_DATE_EPOCH"], str(level)],
        lambda target: slot.compress(tree, level, environment, target),
    )
    verified = folder / "root.img"
    shutil.copyfile(squashed, verified)
    verity = slot.verify(verified)
    boot = folder / "boot.img"
    slot.boot(kernel, verity, keys if board is X86_64 else None, environment, boot)
    shown = run("tar", "-xOf", debian, f"./{root.MANIFEST}")
    listed = (*sbom.debian_parts(shown), *sbom.wheel_parts(found for place in wheel_folders for found in place.glob("*.whl")))
    first = _first(stages, debian, sources, environment, fleet)
    return Parts(verified, boot, first, verity, tree, listed, board)


def environment_of(project: Path) -> Mapping[str, str]:
    """Return what every program of a build is told: the source's time is now."""
    return {**os.environ, "SOURCE_DATE_EPOCH": str(epoch_of(project)), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _made_from(stage: Path) -> Path:
    return stage.with_name(f".{stage.name}.made-from")


def _packages(sources: root.Sources, stages: Stages, environment: Mapping[str, str]) -> tuple[Path, tuple[Path, ...]]:
    """Return the tree of Debian packages, and the folders of wheels: fetched, built from source, and the program's own."""
    mirror, board = mirror_of_this_machine(), sources.board
    addresses = mirror.sources(board.components)
    debian = stages.done(
        "debian.tar",
        [*sources.packages, *sources.initramfs, *addresses, *board.loader_packages, *board.trial_packages],
        lambda target: root.debian(sources, mirror, environment, target),
    )
    fetched = stages.done("wheels", [sources.requirements], lambda target: wheels.fetch(sources.requirements, board.machine, target))
    project = sources.project
    program = stages.done("program", _program_sources(project), lambda target: _program(project, environment, target))
    if set(wheels.FROM_SOURCE) <= set(board.from_debian):
        return debian, (fetched, program)
    built = stages.done(
        "wheels-from-source",
        [wheels.parted(sources.requirements.read_text(encoding="utf-8"))[1], *addresses],
        lambda target: wheels.build_from_source(sources.requirements, debian, environment, target),
    )
    return debian, (fetched, built, program)


def _shared(stages: Stages, sources: root.Sources, debian: Path, keys: Path, fleet: Fleet, environment: Mapping[str, str]) -> "_Shared":
    project, everyday = sources.project, sources.project / "assets/fonts"
    troubles = stages.done("troubles", [project / "kiosk/machine", project / "kiosk/texts"], lambda target: _troubles(project, target))
    rare = stages.done(
        "rare-fonts",
        [_made_from(debian), everyday, Path(rare_fonts.__file__)],
        lambda target: rare_fonts.make(debian, everyday, environment, target),
    )
    native = None
    if not sources.board.is_this_machine:
        mirror = mirror_of_this_machine()
        native = stages.done("native-python", [*mirror.sources()], lambda target: bytecode.native_python(mirror, environment, target))
    return _Shared(troubles, rare, keys, fleet, native)


def _first(stages: Stages, debian: Path, sources: root.Sources, environment: Mapping[str, str], fleet: Fleet) -> Mapping[str, Path]:
    if sources.board is RPI:
        taken = stages.done("firmware", [_made_from(debian), Path(raspberry.__file__)], lambda target: raspberry.take(debian, target))
        return raspberry.partitions(taken, sources.board, sources.project, environment, stages.folder)
    return {"kiosk-esp": loader(stages.folder, grub.script(), environment, signed_by=fleet.loader_key)}


def version_of(project: Path) -> str:
    """Return what this image is called: the program's version, and the source's commit."""
    with (project / "pyproject.toml").open("rb") as file:
        version = str(tomllib.load(file)["project"]["version"])
    return f"{version}+{run('git', '-C', project, 'rev-parse', '--short=10', 'HEAD').strip()}"


def write_bundle(made: Parts, project: Path, folder: Path) -> Path:
    """Make the update that holds both parts of a slot, signed by the fleet's release key, and the lists of what is in it."""
    version = version_of(project)
    (folder / "sbom.cdx.json").write_text(
        sbom.cyclonedx(made.packages, version, epoch_of(project), made.verity.root_hash), encoding="utf-8"
    )
    (folder / "manifest.txt").write_text(sbom.manifest(made.packages), encoding="utf-8")
    parts = {"root.img": made.root, "boot.img": made.boot}
    return bundle.bundle(parts, version, folder / "fleet-keys", folder / "kiosk.raucb", made.board.compatible)


def loader(
    folder: Path,
    script: str,
    environment: Mapping[str, str],
    name: str = "esp.img",
    signed_by: boot_keys.FirmwareKey | None = None,
) -> Path:
    """Make the firmware's partition: GRUB with its script and the boot key inside, and the block in which it counts.

    GRUB with a key inside reads nothing from a disk that the key has not signed, but the block, which the script reads so on purpose. Its
    own check of what Secure Boot calls a shim is left out: there is none, the firmware knows the fleet's own keys.
    """
    memory, program, block = folder / "loader.tar", folder / "BOOTX64.EFI", folder / "grubenv"
    with tarfile.open(memory, "w", format=tarfile.USTAR_FORMAT) as archive:
        entry, content = tarfile.TarInfo("boot/grub/grub.cfg"), script.encode("ascii")
        entry.size, entry.mtime = len(content), int(environment["SOURCE_DATE_EPOCH"])
        archive.addfile(entry, io.BytesIO(content))
    run(
        "grub-mkimage", "--format=x86_64-efi", f"--output={program}", f"--memdisk={memory}", "--prefix=(memdisk)/boot/grub",
        f"--pubkey={folder / 'fleet-keys' / boot_keys.BOOT_PUBLIC}", "--disable-shim-lock", *_LOADER_MODULES, environment=environment,
    )  # fmt: skip
    if signed_by is not None:
        program = boot_keys.sign_for_firmware(program, signed_by, environment, folder / "BOOTX64.signed.EFI")
    block.write_bytes(grub.environment_block(grub.FRESH))
    disk.fat({"EFI/BOOT/BOOTX64.EFI": program, "grubenv": block}, 16, environment, folder / name)
    return folder / name


def write_disk(made: Parts, data: Path | None, target: Path) -> Path:
    """Put a disk together; `data` is an image of the data partition."""
    contents = {
        **made.first,
        "kiosk-boot-a": made.boot,
        "kiosk-boot-b": made.boot,
        "kiosk-root-a": made.root,
        "kiosk-root-b": made.root,
    }
    disk.assemble(made.board.layout, contents if data is None else {**contents, "kiosk-data": data}, target)
    if made.board is RPI:
        disk.show_to_old_firmware(made.board.layout, target)
    return target


def data_partition(folder: Path | None, work: Path, epoch: int) -> Path:
    """Make the data partition: what a depot lays down for one terminal, or nothing but the folders."""
    content = work / "data.folder"
    shutil.rmtree(content, ignore_errors=True)
    if folder is None:
        (content / "kiosk").mkdir(parents=True)
    else:
        shutil.copytree(folder, content, symlinks=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    disk.ext4(content, "kiosk-data", 256, environment, work / "data.img")
    shutil.rmtree(content)
    return work / "data.img"


def _program_sources(project: Path) -> list[str | Path]:
    return [project / name for name in ("kiosk", "drivers", "peripherals", "sync", "pyproject.toml", "README.md", "LICENSE")]


def _program(project: Path, environment: Mapping[str, str], folder: Path) -> None:
    source = folder.with_suffix(".source")
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    for name in ("kiosk", "drivers", "peripherals", "sync", "city", "pyproject.toml", "README.md", "LICENSE"):
        part = project / name
        if part.is_dir():
            shutil.copytree(part, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(part, source / name)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, source, environment=environment)
    shutil.rmtree(source)


def _troubles(project: Path, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "machine", "draw-troubles", "--out", str(folder)],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise BuildError(f"the pictures were not drawn: {done.stderr[-500:]}")


@dataclass(frozen=True, slots=True)
class _Shared:
    troubles: Path
    rare_fonts: Path
    keys: Path
    fleet: Fleet
    native_python: Path | None


def _tree(
    debian: Path, sources: root.Sources, folders: tuple[Path, ...], shared: _Shared, environment: Mapping[str, str], tree: Path
) -> None:
    found = [wheel for folder in folders for wheel in sorted(folder.glob("*.whl"))]
    root.furnish(debian, sources, found, environment, shared.native_python, tree)
    share = tree / "usr/share/bianmin-kiosk"
    shutil.copytree(shared.troubles, share / "out-of-order")
    for font in shared.rare_fonts.glob("*.ttf"):
        shutil.copyfile(font, share / "fonts" / font.name)
    shutil.copyfile(shared.keys / "authority.pem", tree / "etc/rauc/authority.pem")
    shutil.copyfile(shared.fleet.template, share / "template.toml")
    if shared.fleet.city is not None:
        shutil.copytree(shared.fleet.city, share / "city")
