// Asks transforms of public collections (Debezium's and Aiven's) what they make of records, and prints question and answer
// as JSON lines: the golden files of runtime/transform/community/community_peer_test. Named classes only are asked, so that
// each collection can be run with its own jars. How to run it: runtime/transform/community/README.md.

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

public class JavaCommunityTransforms {
  static String field(String name, String type, String more) {
    return TransformQuestions.field(name, type, more);
  }

  static String row(String name, String field) {
    return "{\"type\":\"struct\",\"name\":\"" + name + "\",\"optional\":true,\"version\":1,\"doc\":\"a row\",\"fields\":["
        + field("id", "int32", "") + "," + field("name", "string", ",\"optional\":true,\"default\":\"dflt\"") + ","
        + field("shard", "string", ",\"optional\":true") + "," + field("secret", "string", ",\"optional\":true") + ","
        + field("n", "int64", ",\"optional\":true,\"default\":7") + "]" + (field == null ? "" : ",\"field\":\"" + field + "\"") + "}";
  }

  static final String SOURCE = "{\"type\":\"struct\",\"name\":\"io.debezium.connector.Source\",\"field\":\"source\",\"fields\":["
      + field("version", "string", "") + "," + field("table", "string", ",\"optional\":true") + ","
      + field("ts_ms", "int64", ",\"optional\":true") + "," + field("lsn", "int64", ",\"optional\":true,\"doc\":\"place\"") + ","
      + field("snapshot", "string", ",\"optional\":true,\"default\":\"false\"") + ","
      + field("list", "array", ",\"optional\":true,\"items\":{\"type\":\"string\"}") + "]}";
  static final String TRANSACTION = "{\"type\":\"struct\",\"optional\":true,\"field\":\"transaction\",\"fields\":["
      + field("id", "string", "") + "," + field("total_order", "int64", "") + "]}";
  static final String EVENT = "{\"schema\":{\"type\":\"struct\",\"name\":\"db.s.t.Envelope\",\"version\":2,\"fields\":["
      + row("db.s.t.Value", "before") + "," + row("db.s.t.Value", "after") + "," + SOURCE + "," + TRANSACTION + ","
      + field("op", "string", "") + "," + field("ts_ms", "int64", ",\"optional\":true") + ","
      + field("extra", "string", ",\"optional\":true") + "]},\"payload\":";

  static String rowOf(int id, String name, String shard) {
    return "{\"id\":" + id + ",\"name\":" + name + ",\"shard\":" + shard + ",\"secret\":\"s\",\"n\":3}";
  }
  static String event(String before, String after, String op, String transaction) {
    return EVENT + "{\"before\":" + before + ",\"after\":" + after + ",\"source\":{\"version\":\"3\",\"table\":\"t\","
        + "\"ts_ms\":12,\"lsn\":null,\"snapshot\":null,\"list\":[\"a\"]},\"transaction\":" + transaction + ",\"op\":" + op
        + ",\"ts_ms\":99,\"extra\":\"e\"}}";
  }
  static final String T = "{\"id\":\"tx\",\"total_order\":4}";

  static final String[] EVENTS = {
      event("null", rowOf(1, "\"pen\"", "\"a\""), "\"c\"", T),
      event(rowOf(1, "null", "\"a\""), rowOf(2, "null", "\"b\""), "\"u\"", "null"),
      event(rowOf(1, "\"pen\"", "\"old\""), "null", "\"d\"", T),
      event(rowOf(1, "null", "null"), "null", "\"d\"", "null"),
      event("null", "null", "\"t\"", "null"),
      event("null", rowOf(3, "\"x\"", "\"\""), "\"r\"", "null"),
      event("null", "{\"id\":3,\"name\":\"x\",\"shard\":\"y\",\"secret\":null,\"n\":null}", "\"r\"", "null"),
      "null",
      "{\"id\":1,\"after\":{\"id\":2}}",
      "5",
      TransformQuestions.NESTED,
      "{\"schema\":" + row("db.s.t.Value", null) + ",\"payload\":" + rowOf(1, "null", "\"a\"") + "}",
      "{\"schema\":" + row("db.s.t.Envelope", null) + ",\"payload\":" + rowOf(1, "null", "\"a\"") + "}",
      "{\"schema\":" + row("db.s.t.Value", null) + ",\"payload\":null}",
      "{\"schema\":{\"type\":\"struct\",\"name\":\"x.Envelope\",\"fields\":[" + row("x.Value", "after") + ","
          + row("x.Value", "before") + "]},\"payload\":{\"after\":" + rowOf(1, "null", "\"a\"") + ",\"before\":null}}",
      "{\"schema\":{\"type\":\"string\",\"name\":\"s.Envelope\"},\"payload\":\"x\"}",
  };

  static final String[] KEYS = {
      "{\"schema\":{\"type\":\"struct\",\"name\":\"db.s.t.Key\",\"fields\":[" + field("id", "int32", "") + ","
          + field("name", "string", ",\"optional\":true,\"default\":\"k\"") + "]},\"payload\":{\"id\":7,\"name\":null}}",
      "null", "{\"schema\":{\"type\":\"string\"},\"payload\":\"key\"}", "\"bare\"", "{\"id\":8,\"name\":\"m\"}",
      "[\"a\"]", "{\"schema\":{\"type\":\"int64\",\"optional\":true},\"payload\":null}",
  };

  static final String[] STATES = {
      "", "delete.tombstone.handling.mode=drop", "delete.tombstone.handling.mode=rewrite",
      "delete.tombstone.handling.mode=rewrite-with-tombstone", "delete.tombstone.handling.mode=delete-to-tombstone",
      "delete.tombstone.handling.mode=TOMBSTONE", "route.by.field=shard", "route.by.field=shard;delete.tombstone.handling.mode=rewrite",
      "route.by.field=nope", "route.by.field=id", "add.fields=op,table,source.ts_ms,lsn,source.snapshot,nope",
      "add.fields=op:OP,source.version:v,transaction.id,total_order,ts_ms,extra;add.fields.prefix=p.",
      "add.fields=op;add.headers=op,table,source.ts_ms:when,transaction.id,list,nope",
      "add.headers=op;add.headers.prefix=;delete.tombstone.handling.mode=rewrite-with-tombstone",
      "add.fields=op;add.fields.prefix=;delete.tombstone.handling.mode=rewrite", "add.fields=name;add.fields.prefix=",
      "add.fields=nowhere.x", "add.headers=nowhere.x", "add.fields=op.x", "add.fields=a:b:c", "add.fields=source",
      "delete.tombstone.handling.mode=rewrite;replace.null.with.default=false",
      "delete.tombstone.handling.mode=rewrite;add.fields=op;add.fields.prefix=__deleted", "add.fields=source.list,updateDescription",
      "delete.tombstone.handling.mode=nope",
  };
  static final String[] OLD_STATES = {
      "drop.tombstones=false", "drop.tombstones=true", "delete.handling.mode=drop", "delete.handling.mode=none",
      "delete.handling.mode=rewrite", "drop.tombstones=false;delete.handling.mode=rewrite;add.fields=op,source.ts_ms",
      "drop.tombstones=false;delete.handling.mode=NONE;add.headers=op", "delete.handling.mode=rewrite;route.by.field=shard",
  };
  static final String[] DROPS = {
      "drop.fields.header.name=drop", "drop.fields.header.name=drop;drop.fields.from.key=true",
      "drop.fields.header.name=drop;drop.fields.keep.schema.compatible=false",
      "drop.fields.header.name=drop;drop.fields.keep.schema.compatible=false;drop.fields.from.key=true;add.fields=op",
      "drop.fields.header.name=drop;delete.tombstone.handling.mode=rewrite;add.fields=op,table",
      "drop.fields.header.name=drop;delete.tombstone.handling.mode=delete-to-tombstone", "drop.fields.header.name=none",
      "drop.fields.header.name=text", "drop.fields.header.name=empty",
  };

  static final String[] ROUTERS = {
      "topic.regex=(.*)shard\\d+(.*);topic.replacement=$1all$2", "topic.regex=nope;topic.replacement=x",
      "topic.regex=(.*);topic.replacement=", "topic.regex=.*;topic.replacement=x y.1;schema.name.adjustment.mode=avro",
      "topic.regex=.*;topic.replacement=1-x_y;schema.name.adjustment.mode=avro_unicode",
      "topic.regex=.*;topic.replacement=all;key.enforce.uniqueness=false",
      "topic.regex=.*;topic.replacement=all;key.field.name=from;key.field.regex=(.*)\\.s\\.(.*);key.field.replacement=$1",
      "topic.regex=.*;topic.replacement=all;key.field.regex=zzz(.*);key.field.replacement=$1",
      "topic.regex=.*;topic.replacement=all;key.field.name=id", "topic.regex=.*;topic.replacement=all;key.field.regex=x",
  };

  static final String[][] OF_VALUES = {
      {"ConcatFields", "field.names=id,name;output.field.name=both"},
      {"ConcatFields", "field.names=name,nope,secret;output.field.name=both;delimiter=-;field.replace.missing=?"},
      {"ConcatFields", "field.names=id;output.field.name=name"},
      {"ConcatFields", "field.names=at,tags,day;output.field.name=both;delimiter=|"},
      {"ConcatFields", "field.names=id"}, {"ConcatFields", "field.names=id;output.field.name="},
      {"ExtractTimestamp", "field.name=id"}, {"ExtractTimestamp", "field.name=qty"}, {"ExtractTimestamp", "field.name=day"},
      {"ExtractTimestamp", "field.name=i64;timestamp.resolution=seconds"}, {"ExtractTimestamp", "field.name=ts"},
      {"ExtractTimestamp", "field.name=i64;timestamp.resolution=minutes"}, {"ExtractTimestamp", "field.name="},
      {"ExtractTimestamp", "field.name=n;timestamp.resolution=seconds"}, {"ExtractTimestamp", "field.name=text"},
      {"ExtractTopic", ""}, {"ExtractTopic", "skip.missing.or.null=true"}, {"ExtractTopic", "field.name=id"},
      {"ExtractTopic", "field.name=name"}, {"ExtractTopic", "field.name=name;skip.missing.or.null=true"},
      {"ExtractTopic", "field.name=tags"}, {"ExtractTopic", "field.name=f64"}, {"ExtractTopic", "field.name=ts"},
      {"ExtractTopic", "field.name=qty;skip.missing.or.null=true"}, {"ExtractTopic", "field.name=none"},
      {"Hash", "function=md5"}, {"Hash", "function=sha1"}, {"Hash", "function=sha256"}, {"Hash", "function=crc"}, {"Hash", ""},
      {"Hash", "function=sha256;field.name=name"}, {"Hash", "function=md5;field.name=text;skip.missing.or.null=true"},
      {"Hash", "function=md5;field.name=id"}, {"Hash", "function=sha1;field.name=nope"},
      {"Hash", "function=sha1;field.name=nope;skip.missing.or.null=true"}, {"Hash", "function=sha1;field.name=secret"},
      {"Hash", "function=sha1;skip.missing.or.null=true"},
      {"FilterByFieldValue", "field.name=name;field.value=pen"}, {"FilterByFieldValue", "field.name=id;field.value=1"},
      {"FilterByFieldValue", "field.name=name;field.value=pen;field.value.matches=false"},
      {"FilterByFieldValue", "field.name=name;field.value.pattern=^p.n$"}, {"FilterByFieldValue", "field.name=name;field.value.pattern=e"},
      {"FilterByFieldValue", "field.name=name;field.value.pattern=e;field.value.matches=false"},
      {"FilterByFieldValue", "field.name=id;field.value.pattern=[1-4]"}, {"FilterByFieldValue", "field.value=text"},
      {"FilterByFieldValue", "field.value.pattern=[5t]"}, {"FilterByFieldValue", "field.name=tags;field.value.pattern=\"a\""},
      {"FilterByFieldValue", "field.name=at;field.value.pattern=city"}, {"FilterByFieldValue", "field.name=i8;field.value=-1"},
      {"FilterByFieldValue", "field.name=flag;field.value=true"}, {"FilterByFieldValue", "field.name=ok;field.value=true"},
      {"FilterByFieldValue", "field.name=name"}, {"FilterByFieldValue", "field.value=a;field.value.pattern=b"},
      {"FilterByFieldValue", "field.value.pattern=("}, {"FilterByFieldValue", "field.name=f32;field.value=1.5"},
      {"FilterByFieldValue", "field.name=ts;field.value.pattern=2020"}, {"FilterByFieldValue", "field.value=null"},
  };
  static final String[] TO_VALUES = {
      "key.fields=id", "key.fields=id,name;value.fields=key_id", "key.fields=*", "key.fields=*;value.fields=whole",
      "key.fields=*,id;value.fields=k,name", "key.fields=nope", "key.fields=id,id", "key.fields=id,name;value.fields=x,x",
      "key.fields=id;value.fields=*", "", "key.fields=name;value.fields=id",
  };

  static final Map<String, Integer> KNOWN = new HashMap<>();

  // Each JSON text is written once, and then meant by its number.
  static int number(String json) throws Exception {
    Integer known = KNOWN.get(json);
    if (known != null) return known;
    int number = KNOWN.size();
    KNOWN.put(json, number);
    ObjectNode line = JavaTransforms.MAPPER.createObjectNode().put("is", number).put("json", json);
    System.out.println(JavaTransforms.MAPPER.writeValueAsString(line));
    return number;
  }

  static String outbox(String payload, String more, String op) {
    String fields = field("id", "string", "") + "," + field("aggregatetype", "string", ",\"optional\":true") + ","
        + field("aggregateid", "int64", "") + "," + field("type", "string", "") + ","
        + field("payload", payload.startsWith("{\"b") ? "bytes" : "string", ",\"optional\":true") + ","
        + field("made", "int64", ",\"optional\":true,\"name\":\"io.debezium.time.MicroTimestamp\"") + ","
        + field("plain", "int64", ",\"optional\":true") + ","
        + field("logical", "int64", ",\"optional\":true,\"name\":\"org.apache.kafka.connect.data.Timestamp\",\"version\":1") + ","
        + field("version", "int32", ",\"optional\":true") + "," + field("part", "int32", ",\"optional\":true");
    String row = "{\"type\":\"struct\",\"name\":\"db.outbox.Value\",\"optional\":true,\"fields\":[" + fields + "]";
    return "{\"schema\":{\"type\":\"struct\",\"name\":\"db.outbox.Envelope\",\"fields\":[" + row + ",\"field\":\"before\"}," + row
        + ",\"field\":\"after\"}," + SOURCE + "," + field("op", "string", "") + ","
        + field("ts_ms", "int64", ",\"optional\":true") + "]},\"payload\":{\"before\":null,\"after\":{\"id\":\"e1\","
        + "\"aggregateid\":42,\"type\":\"Made\",\"payload\":" + payload + more + "},\"source\":{\"version\":\"3\"},"
        + "\"op\":\"" + op + "\",\"ts_ms\":99}}";
  }
  static final String FULL = ",\"aggregatetype\":\"order\",\"made\":1234567,\"plain\":7,\"logical\":8,\"version\":2,\"part\":1";
  static String json(String json) {
    return "\"" + json.replace("\"", "\\\"") + "\"";
  }
  static final String[] OUTBOX = {
      outbox("\"text\"", FULL, "c"), outbox("null", FULL, "c"), outbox("\" \"", FULL, "r"), outbox("\"text\"", "", "c"),
      outbox("\"text\"", FULL, "u"), outbox("\"text\"", FULL, "d"),
      outbox("\"text\"", ",\"aggregatetype\":\"order\",\"made\":null,\"version\":null,\"part\":null", "c"),
      outbox(json("{\"a\":1,\"b\":5000000000,\"c\":1.5,\"d\":null,\"e\":\"x\",\"f\":true,\"g\":{\"h\":[1,2],\"i\":[]}}"), FULL, "c"),
      outbox(json("{\"l\":[{\"a\":1},{\"a\":2,\"b\":\"x\"}],\"m\":[null,\"t\"],\"n\":{}}"), FULL, "c"),
      outbox(json("{\"l\":[1,\"a\"]}"), FULL, "c"), outbox(json("{\"l\":[1,5000000000]}"), FULL, "c"),
      outbox(json("{\"l\":[null]}"), FULL, "c"), outbox(json("{broken"), FULL, "c"),
      "null", "5", EVENTS[0], EVENTS[2], EVENTS[12],
  };
  static final String[] ROUTES = {
      "", "table.field.event.timestamp=made", "table.field.event.timestamp=plain", "table.field.event.timestamp=logical",
      "table.field.event.timestamp=nope", "table.field.event.id=nope", "table.field.event.key=nope", "table.field.event.payload=nope",
      "table.field.event.key=id;route.by.field=type;route.topic.replacement=$1.x;route.topic.regex=(M.*)", "route.by.field=nope",
      "route.by.field=aggregateid", "route.topic.regex=zzz", "route.tombstone.on.empty.payload=true",
      "table.fields.additional.placement=type:header,part:partition",
      "table.fields.additional.placement=type:envelope,aggregateid:envelope:key;table.field.event.schema.version=version",
      "table.fields.additional.placement=type:envelope,made:header:when;route.tombstone.on.empty.payload=true",
      "table.fields.additional.placement=nope:header", "table.fields.additional.placement=nope:envelope",
      "table.fields.additional.placement=nope:header,type:header:t;table.fields.additional.error.on.missing=false",
      "table.fields.additional.placement=type", "table.fields.additional.placement=id:partition",
      "table.op.invalid.behavior=error", "table.op.invalid.behavior=fatal", "table.op.invalid.behavior=nope",
      "table.expand.json.payload=true", "table.expand.json.payload=true;table.json.payload.null.behavior=optional_bytes",
      "table.expand.json.payload=true;table.fields.additional.placement=type:envelope", "route.topic.regex=(",
  };

  static String show(ConnectRecord<?> got) {
    StringBuilder text = new StringBuilder(got.topic() + "/" + got.kafkaPartition() + "|" + got.timestamp() + "|" + JavaTransforms.show(got.keySchema()) + "|"
        + JavaTransforms.show(got.key()) + "|" + JavaTransforms.show(got.valueSchema()) + "|" + JavaTransforms.show(got.value()));
    for (Header header : got.headers()) {
      text.append("|").append(header.key()).append("|").append(JavaTransforms.show(header.schema())).append("|")
          .append(JavaTransforms.show(header.value()));
    }
    return text.toString();
  }

  // Where a message goes on with the whole record, it is cut.
  static String show(Throwable error) {
    String text = JavaTransforms.show(error);
    int at = text.indexOf("SinkRecord{");
    if (text.contains("IllegalStateException")) text = text.replaceAll("received .*, fail", "received, fail");
    return at < 0 ? text : text.substring(0, at) + "<record>";
  }

  static ConnectHeaders headers(boolean some) {
    ConnectHeaders headers = new ConnectHeaders();
    if (!some) return headers;
    Schema names = SchemaBuilder.array(Schema.STRING_SCHEMA).build();
    headers.add("drop", List.of("secret", "name", "n"), names).addString("text", "x").add("empty", List.of(), names);
    return headers;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static void ask(String name, String config, String key, String json, String topic, boolean headers) throws Exception {
    int keyNumber = number(key), valueNumber = number(json);
    ObjectNode line = JavaTransforms.MAPPER.createObjectNode();
    line.put("class", name);
    ObjectNode settings = line.putObject("config");
    JavaTransforms.config(config).forEach(settings::put);
    line.put("key", keyNumber).put("record", valueNumber).put("topic", topic);
    if (headers) line.put("headers", true);
    SchemaAndValue k = JavaTransforms.read(key), v = JavaTransforms.read(json);
    boolean source = name.endsWith("EventRouter");  // fails with records of sinks
    if (source) line.put("source", true);
    ConnectRecord<?> record = source
        ? new SourceRecord(Map.of(), Map.of(), topic, null, k.schema(), k.value(), v.schema(), v.value(), 1000L, headers(headers))
        : new SinkRecord(topic, 3, k.schema(), k.value(), v.schema(), v.value(), 17, 1000L, TimestampType.CREATE_TIME,
                         headers(headers));
    try {
      Transformation transform = (Transformation) Class.forName(name).getDeclaredConstructor().newInstance();
      transform.configure(JavaTransforms.config(config));
      Object out = transform.apply(record);
      line.put("out", out == null ? "dropped" : show((ConnectRecord<?>) out));
    } catch (Exception error) {
      line.put("out", show(error));
    }
    System.out.println(JavaTransforms.MAPPER.writeValueAsString(line));
  }

  static void debezium(String[] states) throws Exception {
    String name = "io.debezium.transforms.ExtractNewRecordState";
    for (String config : states) {
      for (String event : EVENTS) ask(name, config, KEYS[0], event, "db.s.t", false);
    }
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("old")) debezium(OLD_STATES);
    if (args[0].equals("debezium")) {
      debezium(STATES);
      for (String config : DROPS) {
        for (String event : EVENTS) ask("io.debezium.transforms.ExtractNewRecordState", config, KEYS[0], event, "t", true);
        ask("io.debezium.transforms.ExtractNewRecordState", config, KEYS[4], EVENTS[0], "t", true);
      }
      for (String config : ROUTES) {
        for (String event : OUTBOX) ask("io.debezium.transforms.outbox.EventRouter", config, KEYS[0], event, "db.outbox", true);
      }
      for (String config : ROUTERS) {
        for (String event : EVENTS) ask("io.debezium.transforms.ByLogicalTableRouter", config, KEYS[0], event, "db.s.shard1", false);
        for (String key : KEYS) ask("io.debezium.transforms.ByLogicalTableRouter", config, key, EVENTS[0], "zzz.shard2.t", true);
      }
    }
    if (!args[0].equals("aiven")) return;
    String aiven = "io.aiven.kafka.connect.transforms.";
    String[] more = {TransformQuestions.TYPES, "bare:" + TransformQuestions.TYPES,
                     "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":\"text\"}",
                     "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
                     "{\"schema\":{\"type\":\"string\"},\"payload\":\"\"}", "\"\"", "\" \"", "true", "2.5"};
    for (String[] question : OF_VALUES) {
      for (int i : new int[] {0, 1, 2, 3, 4, 6, 8, 9, 10, 12, 15, 19, 22}) ask(aiven + question[0] + "$Value", question[1], "null", TransformQuestions.RECORDS[i], "t", i == 8);
      for (String json : more) ask(aiven + question[0] + "$Value", question[1], "null", json, "t", true);
      for (String key : KEYS) ask(aiven + question[0] + "$Key", question[1], key, "5", "t", false);
    }
    for (String config : TO_VALUES) {
      for (String key : KEYS) {
        for (int i : new int[] {0, 1, 5, 6, 8, 10}) ask(aiven + "KeyToValue", config, key, TransformQuestions.RECORDS[i], "t", true);
        ask(aiven + "KeyToValue", config, key, EVENTS[11], "t", false);
        ask(aiven + "KeyToValue", config, key, EVENTS[13], "t", false);
      }
    }
    for (String json : EVENTS) ask(aiven + "MakeTombstone", "", KEYS[0], json, "t", true);
  }
}
