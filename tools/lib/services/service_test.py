"""Tests of service.py with a small HTTP server in the part of Kafka, and of the command line."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from services import __main__ as cli
from services.ports import TESTS, free_port
from services.service import Service, ServiceError, http_answers


class Web(Service):
    name = "web"
    start_timeout_s = 20
    program = "http.server"

    def command(self):
        port = str(self.ports()[0])
        return [sys.executable, "-m", self.program, "--bind", "127.0.0.1", port, "-d", self.marker()]

    def answers(self):
        return http_answers(self.ports()[0])

    def environment(self):
        return {"WEB": str(self.ports()[0])}


class PortsTest(unittest.TestCase):
    def test_a_port_is_given_once(self):
        port = free_port(TESTS)
        with self.assertRaisesRegex(OSError, f"no free port from {port} to {port} on 127.0.0.1"):
            free_port(range(port, port + 1))

    def test_nor_to_another_process(self):
        port = free_port(TESTS)
        program = f"from services.ports import free_port; free_port(range({port}, {port + 1}))"
        other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20,
                               env={"PYTHONPATH": str(Path(__file__).parents[1])})
        self.assertIn("no free port", other.stderr)


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.web = Web(folder.name)
        self.addCleanup(self.web.down)
        errors = contextlib.redirect_stderr(io.StringIO())
        errors.__enter__()
        self.addCleanup(errors.__exit__, None, None, None)

    def test_up_stop_up_down(self):
        self.assertIsNone(self.web.pid())
        self.web.stop()  # before the first start: nothing
        self.web.up()
        pid, port = self.web.pid(), self.web.ports()
        self.web.up()
        self.assertEqual(pid, self.web.pid())
        self.web.stop()
        self.web.stop()
        self.assertIsNone(self.web.pid())
        self.web.up()
        self.assertEqual(port, self.web.ports())
        self.web.stop(kill=True)
        self.web.down()
        self.web.down()
        self.assertFalse(self.web.folder.exists())

    def test_a_server_that_ends_at_once_is_an_error_with_its_log(self):
        self.web.program = "no_such_module"
        with self.assertRaisesRegex(ServiceError, "(?s)web ended with status 1.*no_such_module"):
            self.web.up()

    def test_a_server_that_does_not_answer_is_an_error(self):
        self.web.start_timeout_s = 0.2
        self.web.answers = lambda: False
        with self.assertRaisesRegex(ServiceError, "does not answer on port"):
            self.web.up()

    def test_another_process_with_its_number_is_not_it(self):
        self.web.folder.mkdir()
        (self.web.folder / "pid").write_text(str(os.getpid()))
        self.assertIsNone(self.web.pid())
        self.web.stop()


class CommandLineTest(unittest.TestCase):
    def test_refuses_what_it_does_not_know(self):
        for arguments in (["fly"], ["up", "redis"], ["up", "--set", "x"], ["env", "--set", "a=b"]):
            with self.subTest(arguments=arguments), self.assertRaises(SystemExit):
                with contextlib.redirect_stderr(io.StringIO()):
                    cli.parse(arguments)

    def test_no_service_named_is_kafka_to_start_and_all_that_exist_otherwise(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "s3").mkdir()
            names = [[s.name for s in cli.chosen(cli.parse([c]), root)] for c in ("up", "down")]
            self.assertEqual([["kafka"], ["s3"]], names)

    def test_settings_are_kept_until_they_are_emptied(self):
        with tempfile.TemporaryDirectory() as folder:
            kafka = cli.Kafka(folder)
            kafka.set_config({"a": "1", "b": "x=y"})
            kafka.set_config({"a": "", "c": "3"})
            text = (kafka.folder / "overrides.properties").read_text()
            self.assertEqual("b=x=y\nc=3\n", text)

    def test_one_of_three_brokers_is_named_like_a_service(self):
        options = cli.parse(["restart", "--kill", "kafka3/2"])
        with tempfile.TemporaryDirectory() as folder:
            (broker,) = cli.chosen(options, Path(folder))
            self.assertEqual((2, "kafka3/2"), (broker.number, broker.name))
            with self.assertRaisesRegex(ServiceError, "only all three go down"):
                broker.down()
        for arguments in (["up", "kafka3/4"], ["up", "--kill", "kafka3/1"]):
            with self.subTest(arguments=arguments), self.assertRaises(SystemExit):
                with contextlib.redirect_stderr(io.StringIO()):
                    cli.parse(arguments)

    def test_three_brokers_know_each_other_and_take_more_listeners(self):
        with tempfile.TemporaryDirectory() as folder:
            cluster = cli.Kafka3(folder)
            self.assertEqual(6, len(set(cluster.ports())))
            settings = [broker.settings() for broker in cluster.brokers]
            self.assertEqual([1, 2, 3], [own["node.id"] for own in settings])
            self.assertEqual(1, len({own["controller.quorum.voters"] for own in settings}))
            self.assertEqual(1, len({broker.cluster_id() for broker in cluster.brokers}))
            second = cluster.brokers[1]
            second.add_listeners({"W1": (21001, 21002)})
            kept = cli.Kafka3(folder).brokers[1].kept()
            self.assertEqual(
                f"{settings[1]['listeners']},W1://127.0.0.1:21001", kept["listeners"]
            )
            self.assertEqual(
                f"PLAINTEXT://{second.address()},W1://127.0.0.1:21002", kept["advertised.listeners"]
            )
            self.assertTrue(kept["listener.security.protocol.map"].endswith(",W1:PLAINTEXT"))


if __name__ == "__main__":
    unittest.main()
