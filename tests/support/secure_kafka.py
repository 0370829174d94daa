"""A broker of its own with TLS and SASL listeners, for tests of clients' security. The jars come from SLUICE_KAFKA_HOME.

`plain` is for the test itself; `ssl` wants a client certificate; `sasl_ssl` knows alice by PLAIN (plain-secret), by
SCRAM-SHA-256 and -512 (scram-secret), and anybody by OAUTHBEARER with a token that nobody signed; `gssapi` is there with
a Kerberos realm, and knows its principals.
"""

import os
import pathlib
import subprocess

from support.certificates import PASSWORD
from support.kafka import Kafka
from support.worker import free_port, wait_for

_MODULE = "org.apache.kafka.common.security"


class SecureKafka:
    def __init__(self, folder, certificates, kerberos=None):
        self.folder = pathlib.Path(folder)
        self.kerberos = kerberos
        ports = {name: free_port() for name in ("PLAIN", "SSL", "SASL_SSL", "GSSAPI", "CONTROLLER")}
        listeners = [f"PLAIN://127.0.0.1:{ports['PLAIN']}", f"SSL://localhost:{ports['SSL']}",
                     f"SASL_SSL://localhost:{ports['SASL_SSL']}"]
        self.plain, self.ssl, self.sasl_ssl = (listener.split("//")[1] for listener in listeners)
        if kerberos:
            self.gssapi = f"localhost:{ports['GSSAPI']}"
            listeners.append(f"GSSAPI://{self.gssapi}")
        controller = f"127.0.0.1:{ports['CONTROLLER']}"
        settings = {
            "process.roles": "broker,controller", "node.id": 1, "controller.quorum.voters": f"1@{controller}",
            "listeners": ",".join([*listeners, f"CONTROLLER://{controller}"]),
            "advertised.listeners": ",".join(listeners), "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAIN",
            "listener.security.protocol.map": "PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,GSSAPI:SASL_PLAINTEXT",
            "log.dirs": self.folder / "data", "num.partitions": 1,
            "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1, "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "ssl.keystore.location": certificates["server.p12"], "ssl.keystore.password": PASSWORD,
            "ssl.truststore.location": certificates["trust.p12"], "ssl.truststore.password": PASSWORD,
            "listener.name.ssl.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            "listener.name.sasl_ssl.plain.sasl.jaas.config":
                f'{_MODULE}.plain.PlainLoginModule required user_alice="plain-secret";',
            "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config": f"{_MODULE}.scram.ScramLoginModule required;",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{_MODULE}.scram.ScramLoginModule required;",
            "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config":
                f'{_MODULE}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";'}
        if kerberos:
            settings.update({"listener.name.gssapi.sasl.enabled.mechanisms": "GSSAPI", "sasl.kerberos.service.name": "kafka",
                             "listener.name.gssapi.gssapi.sasl.jaas.config": kerberos.server("kafka/localhost")})
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "server.properties"
        self.config.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        (self.folder / "log4j2.properties").write_text(
            "rootLogger.level=WARN\nrootLogger.appenderRef.c.ref=C\nappender.c.type=Console\nappender.c.name=C\n")
        self.process = None

    def _java(self, main, *arguments):
        realm = [f"-Djava.security.krb5.conf={self.kerberos.config}"] if self.kerberos else []
        return ["java", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *realm,
                f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
                "-cp", os.environ["SLUICE_KAFKA_HOME"] + "/*", main, *arguments]

    def __enter__(self):
        scram = [part for n in (256, 512)
                 for part in ("--add-scram", f"SCRAM-SHA-{n}=[name=alice,password=scram-secret]")]
        subprocess.run(self._java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                                  str(self.config), *scram), check=True, capture_output=True)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(self._java("kafka.Kafka", str(self.config)), stdout=log, stderr=log)
        wait_for(self._answers, f"the broker answers; see {self.folder / 'log'}", 60)
        return self

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()[-3000:]
        try:
            return Kafka(self.plain).admin.list_topics(timeout=2).brokers
        except Exception:  # confluent_kafka raises its own kind while nothing listens
            return False

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def sasl(mechanism, secret, prefix=""):
    """Client settings of alice by SASL, as a dict of Java keys."""
    module = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
    return {f"{prefix}security.protocol": "SASL_SSL", f"{prefix}sasl.mechanism": mechanism,
            f"{prefix}sasl.jaas.config": f'{_MODULE}.{module} required username="alice" password="{secret}";'}


def oauth(options, **keys):
    """Client settings for OAUTHBEARER: options of the JAAS text, and keys of sasl.oauthbearer, with __ for a dot."""
    text = " ".join(f'{name}="{value}"' for name, value in options.items())
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
            "sasl.jaas.config": f"{_MODULE}.oauthbearer.OAuthBearerLoginModule required {text};",
            **{f"sasl.oauthbearer.{key.replace('__', '.')}": value for key, value in keys.items()}}
