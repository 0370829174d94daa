"""The command line of tools/services, which describes it."""

import argparse
import fcntl
import os
import sys
from pathlib import Path

from services.azurite import Azurite
from services.kafka import Kafka
from services.kafka3 import NUMBERS, Broker, Kafka3
from services.postgres import Postgres
from services.registry import Registry
from services.s3 import S3
from services.service import ServiceError

SERVICES = {service.name: service for service in (Kafka, Kafka3, Postgres, S3, Azurite, Registry)}
# Parts of services, which may be named as if they were some.
BROKERS = {f"{Kafka3.name}/{number}": number for number in NUMBERS}
COMMANDS = ("up", "down", "stop", "restart", "env", "status", "fetch")


def services_folder():
    root = os.environ.get("SLUICE_SERVICES_DIR")
    if not root:
        root = Path(os.environ["SLUICE_ROOT"]) / ".services"
    return Path(root).absolute()


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/services", add_help=False, allow_abbrev=False)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("services", nargs="*", metavar="service")
    parser.add_argument("--set", action="append", default=[], metavar="key=value")
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_intermixed_args(arguments)
    for name in options.services:
        if name not in SERVICES and name not in BROKERS:
            known = ", ".join([*SERVICES, *BROKERS])
            parser.error(f"unknown service '{name}'; known: {known}")
    for setting in options.set:
        if "=" not in setting:
            parser.error(f"--set {setting}: expected key=value")
    if options.set and options.command not in ("up", "restart"):
        parser.error("--set goes with up and restart only")
    if options.kill and options.command not in ("stop", "restart"):
        parser.error("--kill goes with stop and restart only")
    return options


def chosen(options, root):
    names = options.services
    if not names:
        if options.command in ("up", "fetch"):
            names = ["kafka"]
        else:
            names = [name for name in SERVICES if (root / name).is_dir()]
    return [service_named(name, root) for name in names]


def service_named(name, root):
    return Broker(root, BROKERS[name]) if name in BROKERS else SERVICES[name](root)


def configure(services, settings):
    if not settings:
        return
    for service in services:
        if not isinstance(service, (Kafka, Kafka3)):
            raise ServiceError(f"--set is for kafka and kafka3 only, not for {service.name}")
        service.set_config(dict(setting.split("=", 1) for setting in settings))


def print_env(services):
    for service in services:
        if not service.pid():
            raise ServiceError(f"{service.name} is not up; run: tools/services up {service.name}")
        for key, value in service.environment().items():
            print(f"{key}={value}")


def print_status(services):
    if not services:
        print("nothing is up")
    for service in [part for service in services for part in service.parts()]:
        pid = service.pid()
        state = f"up, pid {pid}, port {service.ports()[0]}" if pid else "stopped"
        print(f"{service.name:10}{state}, log {service.log}")


def run(options, root):
    services = chosen(options, root)
    if options.command == "env":
        print_env([s for s in services if options.services or s.pid()])
        return
    if options.command == "status":
        print_status(services)
        return
    root.mkdir(parents=True, exist_ok=True)
    with open(root / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if options.command == "up":
            changed = [s for s in services if options.set and s.pid()]
            if changed:
                raise ServiceError(
                    f"{changed[0].name} is up; --set takes effect with: tools/services restart"
                )
        if options.command in ("stop", "restart"):
            for service in services:
                service.stop(options.kill)
        if options.command == "down":
            for service in services:
                service.down()
        if options.command == "fetch":
            for service in services:
                service.fetch()
        if options.command in ("up", "restart"):
            configure(services, options.set)
            for service in services:
                service.up()


def main():
    options = parse(sys.argv[1:])
    try:
        run(options, services_folder())
    except ServiceError as error:
        print(f"[services] error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
