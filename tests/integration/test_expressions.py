"""Map, Validate and Matches in a real worker: fields are computed, bad data become dead letters with the rule's name, and
what is wrong with an expression is said before there is a connector."""

from support.worker import JSON, wait_for

OURS = "dev.sluice.transforms."
BARE = {"value__converter": JSON, "value__converter__schemas__enable": "false"}


def lines(path):
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def test_computed_fields_and_records_that_break_a_rule(worker, kafka, name, tmp_path):
    target, dead = tmp_path / "out.txt", name + "-dead"
    kafka.create(name)
    kafka.produce(name, ['{"age":30,"name":"ada"}', '{"age":17,"name":"bob"}', '{"name":"eve"}', '{"age":18,"name":"joe"}'])
    worker.create(
        "people", connector__class="FileStreamSink", file=target, topics=name, format="json", **BARE,
        transforms="valid,map,drop", transforms__valid__type=OURS + "Validate",
        transforms__valid__rule__adult="value.age >= 18",
        **{"transforms.map.type": OURS + "Map$Value", "transforms.map.field.label": "upper(value.name) + '/' + topic",
           "transforms.map.field.age": "value.age + 1"},
        transforms__drop__type="Filter", transforms__drop__predicate="joe", predicates="joe",
        predicates__joe__type=OURS + "predicates.Matches", predicates__joe__expression="value.name == 'joe'",
        errors__tolerance="all", errors__deadletterqueue__topic__name=dead,
        errors__deadletterqueue__topic__replication__factor=1, errors__deadletterqueue__context__headers__enable="true")
    wait_for(lambda: kafka.committed("connect-people", name) == 4, "all have been dealt with")
    assert lines(target) == [b'{"age":31,"name":"ada","label":"ADA/%s"}' % name.encode()]
    letters = kafka.read(dead)
    assert [letter.value() for letter in letters] == [b'{"age":17,"name":"bob"}', b'{"name":"eve"}']
    said = {key.removeprefix("__connect.errors."): value.decode() for key, value in letters[0].headers()}
    assert said["stage"] == "TRANSFORMATION" and said["class.name"] == OURS + "Validate"
    assert said["exception.message"] == "Record breaks rule 'adult': value.age >= 18"


def test_a_wrong_expression_is_refused_with_its_place(worker, name, tmp_path):
    config = {"connector.class": "FileStreamSink", "file": str(tmp_path / "out.txt"), "topics": name, "transforms": "map",
              "transforms.map.type": OURS + "Map$Value", "transforms.map.field.total": "value.price *",
              "transforms.map.topic": "lower(value.kind"}
    answer = worker.put("/connectors/wrong/config", config)
    assert answer.code == 400
    assert "Invalid value value.price * for configuration field.total: expected a value" in answer.json["message"]
    assert "at position 14, found the end" in answer.json["message"]
    assert "Invalid value lower(value.kind for configuration topic: expected ',' or ')' at position 17, found the end" \
        in answer.json["message"]
