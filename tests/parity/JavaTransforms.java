// Asks the transforms of Apache Kafka Connect what they make of many records, and prints question and answer as JSON
// lines: the golden file of runtime/transform/peer_test. What it asks stands in TransformQuestions.java. How to run it: runtime/transform/README.md.

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

public class JavaTransforms {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final String PACKAGE = "org.apache.kafka.connect.transforms.";

  // ---- Data as text that has no order and no doubt

  static String show(Object value) {
    if (value == null) return "null";
    if (value instanceof Boolean) return "bool:" + value;
    if (value instanceof Byte) return "i8:" + value;
    if (value instanceof Short) return "i16:" + value;
    if (value instanceof Integer) return "i32:" + value;
    if (value instanceof Long) return "i64:" + value;
    if (value instanceof Float f) return "f32:" + String.format("%08x", Float.floatToRawIntBits(f));
    if (value instanceof Double d) return "f64:" + String.format("%016x", Double.doubleToRawLongBits(d));
    if (value instanceof String) return "s'" + value + "'";
    if (value instanceof byte[] bytes) return "b:" + Base64.getEncoder().encodeToString(bytes);
    if (value instanceof BigDecimal d) {
      return "d:" + Base64.getEncoder().encodeToString(d.unscaledValue().toByteArray()) + "/" + d.scale();
    }
    if (value instanceof java.util.Date date) return "t:" + date.getTime();
    List<String> parts = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object item : list) parts.add(show(item));
      return "[" + String.join(",", parts) + "]";
    }
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) parts.add(show(entry.getKey()) + "=" + show(entry.getValue()));
      parts.sort((a, b) -> Arrays.compareUnsigned(
          a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
      return "{" + String.join(",", parts) + "}";
    }
    if (value instanceof Struct struct) {
      for (Field field : struct.schema().fields()) {
        parts.add(field.name() + "=" + show(struct.getWithoutDefault(field.name())));
      }
      return "Struct{" + String.join(",", parts) + "}";
    }
    return value.getClass().getName();
  }

  static String show(Schema schema) {
    if (schema == null) return "-";
    StringBuilder text = new StringBuilder(schema.type().toString());
    if (schema.isOptional()) text.append('?');
    if (schema.type() == Schema.Type.ARRAY) text.append('<').append(show(schema.valueSchema())).append('>');
    if (schema.type() == Schema.Type.MAP) {
      text.append('<').append(show(schema.keySchema())).append(',').append(show(schema.valueSchema())).append('>');
    }
    if (schema.type() == Schema.Type.STRUCT) {
      List<String> parts = new ArrayList<>();
      for (Field field : schema.fields()) parts.add(field.name() + ":" + show(field.schema()));
      text.append('{').append(String.join(",", parts)).append('}');
    }
    if (schema.name() != null) text.append('(').append(schema.name()).append(')');
    if (schema.version() != null) text.append('v').append(schema.version());
    if (schema.doc() != null) text.append("doc'").append(schema.doc()).append('\'');
    if (schema.parameters() != null) text.append(new TreeMap<>(schema.parameters()));
    if (schema.defaultValue() != null) text.append('=').append(show(schema.defaultValue()));
    return text.toString();
  }

  static String show(Throwable error) {
    return "E" + error.getClass().getName() + ": " + error.getMessage();
  }

  // ---- Questions

  static Map<String, String> config(String text) {
    Map<String, String> config = new TreeMap<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(";")) {
      config.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
    }
    return config;
  }

  // The value as JSON text; with a schema it stands in JsonConverter's envelope.
  static SchemaAndValue parse(String json) {
    JsonConverter converter = new JsonConverter();
    boolean envelope = json.startsWith("{\"schema\":");
    converter.configure(Map.of("schemas.enable", String.valueOf(envelope), "replace.null.with.default", "false"), false);
    return converter.toConnectData("t", json.getBytes(StandardCharsets.UTF_8));
  }

  // What a struct's fields are without their schema: maps of dates, decimals, floats ..., which JSON cannot write.
  static Object bare(Object value) {
    if (!(value instanceof Struct struct)) return value;
    Map<String, Object> map = new HashMap<>();
    for (Field field : struct.schema().fields()) map.put(field.name(), bare(struct.getWithoutDefault(field.name())));
    return map;
  }

  // The same struct with a schema that has a default.
  static SchemaAndValue withDefault(Struct value, Struct fallback) {
    Schema from = value.schema();
    Schema schema = new ConnectSchema(from.type(), from.isOptional(), fallback, from.name(), from.version(), from.doc(),
                                      from.parameters(), from.fields(), null, null);
    Struct same = new Struct(schema);
    for (Field field : schema.fields()) same.put(field, value.getWithoutDefault(field.name()));
    return new SchemaAndValue(schema, same);
  }

  static SchemaAndValue read(String json) {
    if (json.startsWith("bare:")) return new SchemaAndValue(null, bare(parse(json.substring(5)).value()));
    if (!json.startsWith("default:")) return parse(json);
    String[] parts = json.substring(8).split("\n");
    String schema = parts[1].substring(0, parts[1].indexOf(",\"payload\":"));
    return withDefault((Struct) parse(parts[1]).value(), (Struct) parse(schema + ",\"payload\":" + parts[0] + "}").value());
  }

  // One question. The record is a number in RECORDS, or its JSON text.
  static class Question {
    final String name, config;
    Object record = 4;
    String topic = "t";
    boolean sink = true, key = false, headers = false;
    Long timestamp = 1000L;

    Question(String name, String config) {
      this.name = name;
      this.config = config;
    }
    Question of(Object record) {
      this.record = record;
      return this;
    }
    Question in(String topic, boolean sink) {
      this.topic = topic;
      this.sink = sink;
      return this;
    }
    Question at(Long timestamp) {
      this.timestamp = timestamp;
      return this;
    }
    Question key() {
      key = true;
      return this;
    }
    Question headers() {
      headers = true;
      return this;
    }
  }

  static ConnectRecord<?> record(Question question) {
    String json = question.record instanceof Integer number ? TransformQuestions.RECORDS[number] : (String) question.record;
    SchemaAndValue in = read(json);
    SchemaAndValue key = question.key ? in : SchemaAndValue.NULL, value = question.key ? SchemaAndValue.NULL : in;
    ConnectHeaders headers = new ConnectHeaders();
    if (question.headers) headers.addString("a", "x").addInt("b", 7).addString("a", "y").add("c", null, null);
    return question.sink
        ? new SinkRecord(question.topic, 3, key.schema(), key.value(), value.schema(), value.value(), 17, question.timestamp,
                         TimestampType.CREATE_TIME, headers)
        : new SourceRecord(Map.of("p", 1), Map.of("o", 2), question.topic, null, key.schema(), key.value(), value.schema(),
                           value.value(), null, headers);
  }

  // topic|schema|value, then what else there is: a key, headers.
  static String show(Question question, ConnectRecord<?> got) {
    String schema = show(got.valueSchema()), value = show(got.value()), more = "";
    if (question.key) {
      schema = show(got.keySchema());
      value = show(got.key());
    } else if (got.key() != null || got.keySchema() != null) {
      more = "|key|" + show(got.keySchema()) + "|" + show(got.key());
    }
    for (Header header : got.headers()) more += "|" + header.key() + "|" + show(header.schema()) + "|" + show(header.value());
    return got.topic() + "|" + schema + "|" + value + more;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static void ask(Question question) throws Exception {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("class", question.name);
    ObjectNode settings = line.putObject("config");
    config(question.config).forEach(settings::put);
    line.putPOJO("record", question.record).put("topic", question.topic).put("sink", question.sink);
    if (question.key) line.put("key", true);
    if (question.headers) line.put("headers", true);
    if (question.timestamp == null || question.timestamp != 1000L) line.put("timestamp", question.timestamp);
    try {
      Transformation transform =
          (Transformation) Class.forName(PACKAGE + question.name).getDeclaredConstructor().newInstance();
      transform.configure(config(question.config));
      Object out = transform.apply((ConnectRecord) record(question));
      line.put("out", out == null ? "dropped" : show(question, (ConnectRecord<?>) out));
    } catch (Exception error) {
      line.put("out", show(error));
    }
    System.out.println(MAPPER.writeValueAsString(line));
  }

  // Whether a predicate holds for a record: true, false, or the error.
  @SuppressWarnings({"unchecked", "rawtypes"})
  static void askPredicate(Question question) throws Exception {
    ObjectNode line = MAPPER.createObjectNode().put("predicate", question.name);
    ObjectNode settings = line.putObject("config");
    config(question.config).forEach(settings::put);
    line.putPOJO("record", question.record).put("topic", question.topic).put("sink", question.sink);
    if (question.headers) line.put("headers", true);
    try {
      Predicate predicate =
          (Predicate) Class.forName(PACKAGE + "predicates." + question.name).getDeclaredConstructor().newInstance();
      predicate.configure(config(question.config));
      line.put("out", String.valueOf(predicate.test((ConnectRecord) record(question))));
    } catch (Exception error) {
      line.put("out", show(error));
    }
    System.out.println(MAPPER.writeValueAsString(line));
  }

  static void predicates() throws Exception {
    for (int i = 0; i < TransformQuestions.RECORDS.length; i++) {
      askPredicate(new Question("RecordIsTombstone", "").of(i));
    }
    for (String name : TransformQuestions.HEADER_NAMES) {
      askPredicate(new Question("HasHeaderKey", name).headers());
      askPredicate(new Question("HasHeaderKey", name).in("t", false));
    }
    for (String pattern : TransformQuestions.TOPIC_PATTERNS) {
      for (String topic : TransformQuestions.TOPICS) {
        askPredicate(new Question("TopicNameMatches", pattern).in(topic, !topic.equals("orders")));
      }
    }
  }

  static void casts() throws Exception {
    for (String type : TransformQuestions.TYPE_NAMES) {
      for (String text : TransformQuestions.CAST_TEXTS) {
        ask(new Question("Cast$Value", "spec=" + type).of(MAPPER.writeValueAsString(text)));
      }
      for (String[] value : TransformQuestions.CAST_VALUES) {
        ask(new Question("Cast$Value", "spec=" + type).of(TransformQuestions.with(value[0], value[2], value[1])));
      }
      for (String field : new String[] {"i8", "f32", "f64", "flag", "raw", "dec", "day", "ts", "tags", "null"}) {
        ask(new Question("Cast$Value", "spec=" + field + ":" + type).of("bare:" + TransformQuestions.TYPES));
      }
    }
  }

  static void times() throws Exception {
    String name = "TimestampConverter$Value";
    for (String[] parsed : TransformQuestions.PARSED) {
      ask(new Question(name, "target.type=unix;format=" + parsed[0]).of(MAPPER.writeValueAsString(parsed[1])));
    }
    for (String pattern : TransformQuestions.WRITTEN) {
      for (long moment : TransformQuestions.MOMENTS) {
        ask(new Question(name, "target.type=string;format=" + pattern).of(String.valueOf(moment)));
      }
    }
    String[] inputs = TransformQuestions.TIMES;
    for (String target : new String[] {"string", "unix", "Date", "Time", "Timestamp"}) {
      String config = ";target.type=" + target;
      for (String input : inputs) ask(new Question(name, "format=yyyy-MM-dd" + config).of(input));
      for (String precision : new String[] {"seconds", "microseconds", "nanoseconds"}) {
        for (int i = 0; i < 8; i++) ask(new Question(name, "format=y;unix.precision=" + precision + config).of(inputs[i]));
        ask(new Question(name, "format=y;unix.precision=" + precision + config).of(inputs[11]));
      }
      for (String field : new String[] {"day", "time", "ts", "i32", "i64", "text", "dec", "none"}) {
        ask(new Question(name, "format=H;field=" + field + config).of("bare:" + TransformQuestions.TYPES));
        ask(new Question(name, "format=H;field=" + field + config).of(TransformQuestions.TYPES));
      }
    }
    ask(new Question(name, "target.type=unix").of("\"2020-01-02\""));
  }

  static void headers() throws Exception {
    for (String literal : TransformQuestions.LITERALS) {
      ask(new Question("InsertHeader", "header=h;value.literal=" + literal).of(5).headers());
    }
    for (String names : new String[] {"a", "a,b,c", "b", "nope", "A"}) {
      ask(new Question("DropHeaders", "headers=" + names).of(5).headers());
    }
    ask(new Question("HeaderFrom$Value", "fields=id,none;headers=a,b;operation=move").of(5).headers());
  }

  static void routes() throws Exception {
    for (String[] route : TransformQuestions.ROUTES) {
      ask(new Question("RegexRouter", "regex=" + route[0] + ";replacement=" + route[1]).of(1).in(route[2], true));
    }
    for (String format : TransformQuestions.TOPIC_FORMATS) {
      ask(new Question("TimestampRouter", format).of(5).in("a$1.b", true).at(1577840523045L));
      if (!format.endsWith("=qq")) ask(new Question("TimestampRouter", format).of(5).in("t", false));
    }
    ask(new Question("TimestampRouter", "").of(5).at(null));
  }

  public static void main(String[] args) throws Exception {
    int records = TransformQuestions.RECORDS.length;
    for (int i = 0; i < records; i++) {
      ObjectNode line = MAPPER.createObjectNode().put("is", i).put("json", TransformQuestions.RECORDS[i]);
      System.out.println(MAPPER.writeValueAsString(line));
    }
    for (String[] question : TransformQuestions.QUESTIONS) {
      for (int i = 0; i < records; i++) ask(new Question(question[0], question[1]).of(i));
    }
    for (String[] question : TransformQuestions.OF_KEYS) {
      for (int i : new int[] {0, 1, 6, 8, 11, 14, 29}) ask(new Question(question[0], question[1]).of(i).key());
    }
    for (String config : new String[] {"topic.field=x;partition.field=p;timestamp.field=ts", "offset.field=x"}) {
      for (int i = 0; i < records; i++) ask(new Question("InsertField$Value", config).of(i).in("t", false));
    }
    for (String[] making : TransformQuestions.MAKING) ask(new Question(making[0], making[1]));
    routes();
    casts();
    times();
    headers();
    predicates();
  }
}
