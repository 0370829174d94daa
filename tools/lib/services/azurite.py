"""Azure's Blob storage over a folder: Microsoft's emulator, Azurite 3.35.0, by npm."""

import base64
import json

from services.cache import fetch_once, run
from services.service import Service, http_answers

# The newest that runs on Debian's Node.js.
VERSION = "3.35.0"
_ACCOUNT = "sluice"
_KEY = base64.b64encode(b"the account key of sluice's tests").decode("ascii")
# Telemetry and databases, which are switched off: half of all that would be fetched. Something must
# be there by their names, so it is a small package that is needed anyhow.
_NOT_NEEDED = dict.fromkeys(("applicationinsights", "tedious", "mysql2"), "npm:ee-first@1.1.1")


def _install(folder):
    package = {"private": True, "dependencies": {"azurite": VERSION}, "overrides": _NOT_NEEDED}
    (folder / "package.json").write_text(json.dumps(package))
    run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"], folder)


class Azurite(Service):
    """One storage account; its data is kept from a stop, not from a SIGKILL, by a few seconds."""

    name = "azurite"

    def fetch(self):
        self.home = fetch_once(f"azurite-{VERSION}", f"Azurite {VERSION} (npm)", _install)

    def command(self):
        return [
            "env",
            f"AZURITE_ACCOUNTS={_ACCOUNT}:{_KEY}",
            "node",
            f"{self.home}/node_modules/azurite/dist/src/blob/main.js",
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            str(self.ports()[0]),
            "--location",
            str(self.folder / "data"),
            "--skipApiVersionCheck",
            "--disableTelemetry",
        ]

    def answers(self):
        return http_answers(self.ports()[0])

    def environment(self):
        return {
            "SLUICE_AZURITE": f"http://127.0.0.1:{self.ports()[0]}/{_ACCOUNT}",
            "SLUICE_AZURITE_ACCOUNT": _ACCOUNT,
            "SLUICE_AZURITE_KEY": _KEY,
        }
