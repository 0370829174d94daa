"""How many errors PUT validate finds: the scenarios of the peer's ConnectorValidationIntegrationTest, by their names.

Not here, since converters are built in: abstract ones, ones without a constructor, ones that throw when they are made.
"""

import pytest
from support.cookbook import recipe
from support.worker import JSON, Worker

TRANSFORMS = "org.apache.kafka.connect.transforms."
SINK = {"name": "sink", "connector.class": "FileStreamSink", "topics": "t1", "file": "/tmp/f"}
SOURCE = {"name": "source", "connector.class": "FileStreamSource", "topic": "t1", "file": "/tmp/f"}


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory, kafka):
    """One for all of them; its group is called as a sink's consumer group may be."""
    with Worker(tmp_path_factory.mktemp("validation"), "connect-worker-group-id", kafka.address) as worker:
        yield worker


@pytest.fixture
def errors(one_worker):
    def ask(config):
        answer = one_worker.put(f"/connector-plugins/{config['connector.class']}/config/validate", config)
        assert answer.code == 200, answer.text
        texts = {info["value"]["name"]: info["value"]["errors"] for info in answer.json["configs"]
                 if info["value"]["errors"]}
        assert answer.json["error_count"] == sum(map(len, texts.values()))
        return texts

    return ask


def check(found, count, *keys):
    assert sum(map(len, found.values())) == count, found
    assert set(found) == set(keys), found


def without(config, *keys):
    return {key: value for key, value in config.items() if key not in keys}


def test_testSinkConnectorHasNeitherTopicsListNorTopicsRegex(errors):
    check(errors(without(SINK, "topics")), 2, "topics", "topics.regex")


def test_testSinkConnectorHasBothTopicsListAndTopicsRegex(errors):
    check(errors(SINK | {"topics.regex": "r.*"}), 2, "topics", "topics.regex")


def test_testSinkConnectorDeadLetterQueueTopicInTopicsList(errors):
    check(errors(SINK | {"errors.deadletterqueue.topic.name": "t1"}), 1, "topics")


def test_testSinkConnectorDeadLetterQueueTopicMatchesTopicsRegex(errors):
    config = without(SINK, "topics") | {"topics.regex": "r.*", "errors.deadletterqueue.topic.name": "ruh.roh"}
    check(errors(config), 1, "topics.regex")


def test_testSinkConnectorDefaultGroupIdConflictsWithWorkerGroupId(errors):
    check(errors(SINK | {"name": "worker-group-id"}), 1, "name")


def test_testSinkConnectorOverriddenGroupIdConflictsWithWorkerGroupId(errors):
    check(errors(SINK | {"consumer.override.group.id": "connect-worker-group-id"}), 1, "consumer.override.group.id")


def test_testSourceConnectorHasDuplicateTopicCreationGroups(errors):
    check(errors(SOURCE | {"topic.creation.groups": "g1, g2, g1"}), 1, "topic.creation.groups")


def test_testConnectorHasDuplicateTransformations(errors):
    check(errors(SINK | {"transforms": "t, t", "transforms.t.type": TRANSFORMS + "Filter"}), 1, "transforms")


def test_testConnectorHasMissingTransformClass(errors):
    check(errors(SINK | {"transforms": "t", "transforms.t.type": "WheresTheFruit"}), 1, "transforms.t.type")


def test_testConnectorHasInvalidTransformClass(errors):
    found = errors(SINK | {"transforms": "t", "transforms.t.type": JSON})
    check(found, 1, "transforms.t.type")
    assert found["transforms.t.type"] == [f"Class class {JSON} does not implement the Transformation interface"]


def test_a_connector_is_no_converter(errors):
    source = "org.apache.kafka.connect.file.FileStreamSourceConnector"
    found = errors(SINK | {"key.converter": "FileStreamSource"})
    check(found, 1, "key.converter")
    assert found["key.converter"] == [f"Class class {source} does not implement the Converter interface"]


def test_testConnectorHasNegationForUndefinedPredicate(errors):
    config = SINK | {"transforms": "t", "transforms.t.type": TRANSFORMS + "Filter", "transforms.t.negate": "true"}
    check(errors(config), 1, "transforms.t.type")


def test_testConnectorHasDuplicatePredicates(errors):
    config = SINK | {"predicates": "p, p", "predicates.p.type": TRANSFORMS + "predicates.RecordIsTombstone"}
    check(errors(config), 1, "predicates")


def test_testConnectorHasMissingPredicateClass(errors):
    check(errors(SINK | {"predicates": "p", "predicates.p.type": "WheresTheFruit"}), 1, "predicates.p.type")


def test_testConnectorHasInvalidPredicateClass(errors):
    check(errors(SINK | {"predicates": "p", "predicates.p.type": TRANSFORMS + "Filter"}), 1, "predicates.p.type")


def test_testConnectorHasMissingConverterClass(errors):
    check(errors(SINK | {"key.converter": "WheresTheFruit"}), 1, "key.converter")


def test_testConnectorHasInvalidConverterClassType(errors):
    check(errors(SINK | {"key.converter": TRANSFORMS + "Filter"}), 1, "key.converter")


def test_testConnectorHasMisconfiguredConverter(errors):
    config = SINK | {"key.converter": JSON, "key.converter.schemas.enable": "notaboolean"}
    check(errors(config), 1, "key.converter.schemas.enable")


def test_testConnectorHasMissingHeaderConverterClass(errors):
    check(errors(SINK | {"header.converter": "WheresTheFruit"}), 1, "header.converter")


def test_testConnectorHasInvalidHeaderConverterClassType(errors):
    check(errors(SINK | {"header.converter": TRANSFORMS + "Filter"}), 1, "header.converter")


def test_testConnectorHasMisconfiguredHeaderConverter(errors):
    config = SINK | {"header.converter": JSON, "header.converter.schemas.enable": "notaboolean"}
    check(errors(config), 1, "header.converter.schemas.enable")


def test_testConnectorHasHeaderConverterWithNoConfigDef(errors):
    """SimpleHeaderConverter has no settings: whatever is said of it is left alone."""
    config = SINK | {"header.converter": "org.apache.kafka.connect.storage.SimpleHeaderConverter",
                     "header.converter.none": "such"}
    check(errors(config), 0)


def test_a_version_that_is_not_there(errors, one_worker):
    found = errors(SINK | {"connector.plugin.version": "9.9.9"})
    check(found, 2, "connector.class", "connector.plugin.version")
    assert "not found that matches the version range [9.9.9,9.9.9]" in found["connector.class"][0]
    answer = one_worker.put("/connectors/none/config", SINK | {"name": "none", "connector.plugin.version": "9.9.9"})
    assert answer.code == 400 and "[9.9.9,9.9.9]" in answer.json["message"]
    answer = one_worker.put("/connectors/none/config", SINK | {"name": "none", "connector.plugin.version": "[1,2"})
    assert (answer.code, answer.json["message"]) == (400, "Unbounded range: [1,2")


@pytest.mark.parametrize("config, wrong, meant", [(SOURCE, "fle", "file"), (SINK, "formt", "format"),
                                                  (SINK, "errors.tolerence", "errors.tolerance")])
def test_a_misspelt_key_of_a_file_connector_is_named(errors, config, wrong, meant):
    """Beyond the peer: without its `file` a connector would read standard input, or write to standard output."""
    found = errors(config | {wrong: "x"})
    check(found, 1, wrong)
    assert f"meant to be {meant}?" in found[wrong][0]


def unknown(worker, config):
    answer = worker.put(f"/connector-plugins/{config['connector.class']}/config/validate", config).json
    assert answer["error_count"] == 0, answer
    return [info["definition"]["name"] for info in answer["configs"] if info["definition"]["group"] == "Unknown"]


def test_keys_that_nobody_defines_are_named_without_an_error(one_worker):
    """Beyond the peer, which hands them to the connector and says nothing."""
    config = SINK | {"name": "odd", "colour": "red", "key.converter.schemas.enable": "false", "transforms.gone.type": "x",
                     "consumer.override.fetch.min.bytes": "1", "errors.log.enable": "true"}
    keys = ["colour", "key.converter.schemas.enable", "transforms.gone.type"]
    assert unknown(one_worker, config) == keys
    made = one_worker.put("/connectors/odd/config", config | {"topics": "odd-topic", "file": "/dev/null"})
    assert made.code == 201, made.text
    assert f"Connector odd: nothing that is configured defines {', '.join(keys)}: " in one_worker.log()
    assert one_worker.delete("/connectors/odd").code == 204


def test_recipes_have_no_key_that_nobody_defines(one_worker):
    """Those of README.md that are whole configurations."""
    titles = {"Orders into PostgreSQL", "Records to a web service", "A web service's list into a topic", "Events into S3"}
    for title in titles:
        assert unknown(one_worker, {"name": "recipe"} | recipe(title)) == [], title
