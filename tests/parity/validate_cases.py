"""Configurations that both workers are asked to validate: (name, plugin in the URL, body)."""

SOURCE, SINK = "FileStreamSource", "FileStreamSink"
PACKAGE = "org.apache.kafka.connect."
TRANSFORMS = PACKAGE + "transforms."
STRING, JSON = PACKAGE + "storage.StringConverter", PACKAGE + "json.JsonConverter"
SIMPLE = PACKAGE + "storage.SimpleHeaderConverter"


def source(**more):
    return {"connector.class": SOURCE, "name": "s", "topic": "t", "file": "/tmp/f", **dotted(more)}


def sink(**more):
    return {"connector.class": SINK, "name": "k", "topics": "t", "file": "/tmp/f", **dotted(more)}


def dotted(settings):
    """Keys are written with __ for a dot; a value of ... takes the key away later."""
    return {key.replace("__", "."): value for key, value in settings.items()}


def without(config, *keys):
    return {key: value for key, value in config.items() if key not in keys}


def transform(kind, **settings):
    """A source with one transform `x` of this class."""
    return source(transforms="x", transforms__x__type=TRANSFORMS + kind,
                  **{"transforms__x__" + key: value for key, value in settings.items()})


def predicate(kind, **settings):
    """A source with one predicate `p`, and a Filter bound to it."""
    return source(predicates="p", predicates__p__type=TRANSFORMS + "predicates." + kind, transforms="f",
                  transforms__f__type=TRANSFORMS + "Filter", transforms__f__predicate="p",
                  **{"predicates__p__" + key: value for key, value in settings.items()})


def plain():
    yield "source", SOURCE, source()
    yield "sink", SINK, sink()
    yield "full class names", PACKAGE + "file.FileStreamSinkConnector", {
        **sink(), "connector.class": PACKAGE + "file.FileStreamSinkConnector"}
    yield "simple class name", "FileStreamSourceConnector", {**source(), "connector.class": "FileStreamSourceConnector"}
    yield "alias against the full name", SOURCE, {**source(), "connector.class": PACKAGE + "file.FileStreamSourceConnector"}
    yield "source: only the class", SOURCE, {"connector.class": SOURCE}
    yield "sink: only the class", SINK, {"connector.class": SINK}
    yield "no class", SOURCE, {"name": "s"}
    yield "an empty body", SOURCE, {}
    yield "unknown class", "Nope", {"connector.class": "Nope"}
    yield "another class than in the URL", SOURCE, sink()
    yield "unknown keys", SOURCE, source(bogus="1", producer__acks="all", topics="x")
    yield "numbers and booleans", SOURCE, source(tasks__max=3, errors__log__enable=True, batch__size=7.0)
    yield "a number that is none", SOURCE, source(tasks__max="three", batch__size="many")
    yield "numbers out of range", SOURCE, source(tasks__max=0, transaction__boundary__interval__ms=-1)
    yield "numbers too large", SOURCE, source(tasks__max="2147483648", errors__retry__timeout="9223372036854775808",
                                              batch__size="99999999999")
    yield "blanks around", SOURCE, source(tasks__max=" 2 ", errors__tolerance=" all ", topic=" t ", name=" s ")
    yield "booleans that are none", SINK, sink(errors__log__enable="yes", errors__log__include__messages="",
                                               tasks__max__enforce="1")
    yield "upper case booleans", SINK, sink(errors__log__enable="TRUE", tasks__max__enforce="False")
    yield "tolerance", SINK, sink(errors__tolerance="some")
    yield "tolerance in capitals", SINK, sink(errors__tolerance="ALL")
    yield "reload", SOURCE, source(config__action__reload="never")
    yield "null values", SOURCE, source(bogus=None, tasks__max=None, errors__tolerance=None, transforms=None)
    yield "null for a key of the connector", SOURCE, source(topic=None)
    yield "null values of a sink", SINK, sink(topics=None, **{"errors.deadletterqueue.topic.name": None})
    yield "empty values", SOURCE, source(topic="", file="", errors__retry__timeout="", tasks__max="", transforms="")
    yield "empty name", SOURCE, source(name="")
    yield "blank name", SOURCE, source(name="  ")
    yield "control characters in the name", SOURCE, source(name="a\tb\x07c")
    yield "a name of other letters", SOURCE, source(name="Größe/ %2F ☃")
    yield "missing topic of the source", SOURCE, without(source(), "topic")
    yield "batch size", SOURCE, source(batch__size="0")


def sinks():
    yield "sink: no topics", SINK, without(sink(), "topics")
    yield "sink: topics and regex", SINK, sink(topics__regex="t.*")
    yield "sink: regex alone", SINK, without(sink(topics__regex="t.*"), "topics")
    yield "sink: bad regex", SINK, without(sink(topics__regex="t[*"), "topics")
    yield "sink: blank topics", SINK, sink(topics="a,,b")
    yield "sink: the same topic twice", SINK, sink(topics="a, a ,b")
    yield "sink: dead letters in topics", SINK, sink(topics="a,d", **{"errors.deadletterqueue.topic.name": "d"})
    yield "sink: dead letters match", SINK, without(
        sink(topics__regex="d.*", **{"errors.deadletterqueue.topic.name": "dlq"}), "topics")
    yield "sink: dead letter keys", SINK, sink(**{
        "errors.deadletterqueue.topic.name": "d", "errors.deadletterqueue.topic.replication.factor": "x",
        "errors.deadletterqueue.context.headers.enable": "maybe"})
    yield "sink: dead letters and a DLQ producer", SINK, sink(**{
        "errors.deadletterqueue.topic.name": "d", "producer.override.linger.ms": "7",
        "admin.override.request.timeout.ms": "700", "consumer.override.max.poll.records": "7"})
    yield "sink: group conflict", SINK, sink(**{"consumer.override.group.id": "GROUP"})
    yield "sink: name conflict", SINK, {**sink(), "name": "NAME"}


def sources():
    yield "source: topic creation", SOURCE, source(**{
        "topic.creation.default.partitions": "3", "topic.creation.default.replication.factor": "1",
        "topic.creation.groups": "a,b", "topic.creation.a.include": "x.*", "topic.creation.b.partitions": "none"})
    yield "source: topic creation groups twice", SOURCE, source(topic__creation__groups="a, b, a")
    yield "source: exactly once required", SOURCE, source(exactly__once__support="required")
    yield "source: exactly once in capitals", SOURCE, source(exactly__once__support="Requested")
    yield "source: exactly once unknown", SOURCE, source(exactly__once__support="always")
    yield "source: boundary poll", SOURCE, source(transaction__boundary="POLL")
    yield "source: boundary connector", SOURCE, source(transaction__boundary="connector")
    yield "source: boundary interval", SOURCE, source(transaction__boundary="interval",
                                                      transaction__boundary__interval__ms="500")
    yield "source: boundary unknown", SOURCE, source(transaction__boundary="batch")
    yield "source: own offsets topic", SOURCE, source(offsets__storage__topic="o", **{
        "consumer.override.max.poll.records": "9", "admin.override.request.timeout.ms": "1000"})
    yield "source: empty offsets topic", SOURCE, source(offsets__storage__topic="")


def steps():
    yield "transform: no type", SOURCE, source(transforms="x")
    yield "transform: empty type", SOURCE, source(transforms="x", transforms__x__type="")
    yield "transform: unknown type", SOURCE, source(transforms="x", transforms__x__type="Nope")
    yield "transform: a converter as type", SOURCE, source(transforms="x", transforms__x__type=JSON)
    yield "transform: abstract type", SOURCE, transform("InsertField")
    yield "transform: alias twice", SOURCE, source(transforms="x,x", transforms__x__type=TRANSFORMS + "Filter")
    yield "transform: blank alias", SOURCE, source(transforms="x,,y", transforms__x__type=TRANSFORMS + "Filter",
                                                   transforms__y__type=TRANSFORMS + "Filter")
    yield "transform: two", SINK, sink(
        transforms="a, b", transforms__a__type=TRANSFORMS + "HoistField$Value", transforms__a__field="f",
        transforms__b__type=TRANSFORMS + "RegexRouter", transforms__b__regex="(.*)", transforms__b__replacement="$1-x")
    yield "transform: by alias", SOURCE, source(transforms="x", transforms__x__type="RegexRouter",
                                                transforms__x__regex="a", transforms__x__replacement="b")
    yield "transform: keys of none", SOURCE, source(transforms__x__type="Nope")
    yield "transform: negate alone", SOURCE, transform("Filter", negate="true")
    yield "transform: negate that is none", SOURCE, predicate("RecordIsTombstone") | dotted({"transforms__f__negate": "perhaps"})
    yield "transform: predicate that is none", SOURCE, transform("Filter", predicate="p")
    yield "transform: version", SOURCE, transform("Filter", plugin__version="[4.0,9)")
    yield "transform: version that is not there", SOURCE, transform("Filter", plugin__version="9.9.9")
    yield "transform: version that is none", SOURCE, transform("Filter", plugin__version="[1,2")
    for kind in ("ExtractField$Value", "ExtractField$Key", "HoistField$Value", "InsertField$Value", "InsertField$Key",
                 "MaskField$Value", "RegexRouter", "ReplaceField$Value", "ReplaceField$Key", "Filter", "Cast$Value",
                 "DropHeaders", "Flatten$Value", "HeaderFrom$Key", "InsertHeader", "SetSchemaMetadata$Value",
                 "TimestampConverter$Value", "TimestampRouter", "ValueToKey"):
        yield f"{kind}: nothing set", SOURCE, transform(kind)
    yield "InsertField$Value: set", SOURCE, transform("InsertField$Value", topic__field="t", static__field="s",
                                                      static__value="v", replace__null__with__default="false")
    yield "InsertField$Value: wrong", SINK, sink(
        transforms="x", transforms__x__type=TRANSFORMS + "InsertField$Value", transforms__x__offset__field="",
        transforms__x__replace__null__with__default="no")
    yield "MaskField$Value: set", SOURCE, transform("MaskField$Value", fields="a,b", replacement="*")
    yield "MaskField$Value: wrong", SOURCE, transform("MaskField$Value", fields="", replacement="")
    yield "ReplaceField$Value: set", SOURCE, transform("ReplaceField$Value", exclude="a", include="b,c", renames="a:b,c:d")
    yield "ReplaceField$Value: wrong", SOURCE, transform("ReplaceField$Value", renames="a:b:c", exclude="a,a,,b")
    yield "RegexRouter: wrong", SOURCE, transform("RegexRouter", regex="([", replacement="x")
    yield "Cast$Value: set", SOURCE, transform("Cast$Value", spec="a:int8, b:string")
    for spec in ("", "int3", "a:int3", "a:b:c", "bytes", "int8,int8", "a:int8,a:int8"):
        yield f"Cast$Value: wrong, {spec}", SOURCE, transform("Cast$Value", spec=spec)
    yield "DropHeaders: wrong", SOURCE, transform("DropHeaders", headers="")
    yield "DropHeaders: twice", SOURCE, transform("DropHeaders", headers="a,a")
    yield "Flatten$Value: set", SOURCE, transform("Flatten$Value", delimiter="_")
    yield "HeaderFrom$Value: set", SOURCE, transform("HeaderFrom$Value", fields="a,a", headers="b,c", operation="copy")
    yield "HeaderFrom$Value: wrong", SOURCE, transform("HeaderFrom$Value", fields="", headers="", operation="Move")
    yield "InsertHeader: set", SOURCE, transform("InsertHeader", header="h", value__literal="1")
    yield "SetSchemaMetadata$Value: wrong", SOURCE, transform("SetSchemaMetadata$Value", schema__version="x")
    yield "TimestampConverter$Value: set", SOURCE, transform(
        "TimestampConverter$Value", field="f", target__type="string", format="yyyy", unix__precision="seconds")
    yield "TimestampConverter$Value: wrong", SOURCE, transform(
        "TimestampConverter$Value", target__type="date", unix__precision="ms", replace__null__with__default="x")
    yield "TimestampRouter: set", SOURCE, transform("TimestampRouter", topic__format="x", timestamp__format="yyyy")
    yield "ValueToKey: wrong", SOURCE, transform("ValueToKey", fields="a,,b")
    yield "HoistField$Value: set", SOURCE, transform("HoistField$Value", field="f")
    yield "ExtractField$Value: set", SOURCE, transform("ExtractField$Value", field="a.b", field__syntax__version="V2")
    yield "ExtractField$Value: wrong", SOURCE, transform("ExtractField$Value", field="a", field__syntax__version="V3")
    yield "predicate: no type", SOURCE, source(predicates="p")
    yield "predicate: unknown type", SOURCE, source(predicates="p", predicates__p__type="Nope")
    yield "predicate: alias twice", SOURCE, source(predicates="p,p", predicates__p__type=TRANSFORMS +
                                                   "predicates.RecordIsTombstone")
    yield "predicate: version that is not there", SOURCE, predicate("RecordIsTombstone", plugin__version="9.9")
    for kind in ("HasHeaderKey", "RecordIsTombstone", "TopicNameMatches"):
        yield f"{kind}: nothing set", SOURCE, predicate(kind)
    yield "HasHeaderKey: set", SOURCE, predicate("HasHeaderKey", name="h")
    yield "HasHeaderKey: empty", SOURCE, predicate("HasHeaderKey", name="")
    yield "TopicNameMatches: set", SOURCE, predicate("TopicNameMatches", pattern="a.*")
    yield "TopicNameMatches: wrong", SOURCE, predicate("TopicNameMatches", pattern="a[")


def converters():
    yield "converter: string", SOURCE, source(key__converter=STRING, **{"key.converter.converter.encoding": "UTF-16"})
    yield "converter: json", SOURCE, source(value__converter=JSON, **{"value.converter.schemas.enable": "false"})
    yield "converter: json, wrong", SOURCE, source(value__converter=JSON, **{
        "value.converter.schemas.enable": "nope", "value.converter.schemas.cache.size": "x",
        "value.converter.decimal.format": "ROMAN"})
    yield "converter: all three", SINK, sink(
        key__converter="StringConverter", value__converter="Json", header__converter=SIMPLE,
        **{"value.converter.decimal.format": "numeric"})
    yield "converter: numbers", SINK, sink(key__converter=PACKAGE + "converters.LongConverter",
                                           value__converter=PACKAGE + "converters.ByteArrayConverter",
                                           header__converter=PACKAGE + "converters.BooleanConverter")
    yield "converter: unknown", SINK, sink(value__converter="Nope")
    yield "converter: unknown header", SINK, sink(header__converter="Nope")
    yield "converter: empty", SINK, sink(key__converter="")
    yield "converter: a transform", SINK, sink(key__converter=TRANSFORMS + "Filter")
    yield "converter: a header converter as value", SINK, sink(value__converter=SIMPLE)
    yield "converter: its type", SINK, sink(value__converter=JSON, **{"value.converter.converter.type": "key"})
    yield "converter: settings without a class", SINK, sink(**{"value.converter.schemas.enable": "nope"})
    yield "converter: version", SINK, sink(value__converter=JSON, **{"value.converter.plugin.version": "[4.0,9)"})
    yield "converter: version that is not there", SINK, sink(value__converter=JSON, **{
        "value.converter.plugin.version": "9.9.9"})
    yield "converter: version that is none", SINK, sink(value__converter=JSON, **{"value.converter.plugin.version": "[1,2"})
    yield "converter: version without a class", SINK, sink(**{"value.converter.plugin.version": "9.9.9"})
    yield "header converter: version that is not there", SINK, sink(header__converter=SIMPLE, **{
        "header.converter.plugin.version": "9.9.9"})


def versions():
    yield "version: exact", SOURCE, source(connector__plugin__version="VERSION")
    yield "version: latest", SOURCE, source(connector__plugin__version="latest")
    yield "version: range", SOURCE, source(connector__plugin__version="(,9]")
    yield "version: not there", SOURCE, source(connector__plugin__version="9.9.9")
    yield "version: range that is not there", SINK, sink(connector__plugin__version="[9.9,)")
    yield "version: none", SOURCE, source(connector__plugin__version="[1,2")
    yield "version: empty", SOURCE, source(connector__plugin__version="")


def overrides():
    yield "override: producer", SOURCE, source(**{
        "producer.override.acks": "1", "producer.override.linger.ms": "5", "producer.override.compression.type": "lz4",
        "producer.override.sasl.jaas.config": "secret", "producer.override.ssl.keystore.password": "secret",
        "producer.override.batch.size": "1"})
    yield "override: consumer of a source", SOURCE, source(**{"consumer.override.max.poll.records": "1"})
    yield "override: consumer", SINK, sink(**{
        "consumer.override.max.poll.records": "1", "consumer.override.auto.offset.reset": "latest",
        "consumer.override.partition.assignment.strategy": "org.apache.kafka.clients.consumer.RoundRobinAssignor",
        "consumer.override.session.timeout.ms": "10000", "consumer.override.fetch.min.bytes": "10",
        "consumer.override.client.id": "me"})
    yield "override: producer of a sink", SINK, sink(**{"producer.override.acks": "1"})
    yield "override: admin", SOURCE, source(**{
        "admin.override.request.timeout.ms": "1", "admin.override.retries": "4",
        "topic.creation.default.partitions": "1", "topic.creation.default.replication.factor": "1"})
    yield "override: admin without topic creation", SOURCE, source(**{"admin.override.retries": "4"})
    yield "override: security", SINK, sink(**{
        "consumer.override.security.protocol": "SSL", "consumer.override.sasl.mechanism": "PLAIN",
        "consumer.override.ssl.endpoint.identification.algorithm": "", "consumer.override.ssl.truststore.type": "PEM"})


def all_cases():
    for part in (plain, sinks, sources, steps, converters, versions, overrides):
        yield from part()
