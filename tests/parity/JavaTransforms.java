// Asks the transforms of Apache Kafka Connect what they make of many records, and prints question and answer as JSON
// lines: the golden file of runtime/transform/peer_test. How to run it: runtime/transform/README.md.

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
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

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

  @SuppressWarnings({"unchecked", "rawtypes"})
  static void ask(String name, String config, int number, String topic, boolean sink) throws Exception {
    String json = RECORDS[number];
    ObjectNode line = MAPPER.createObjectNode();
    line.put("class", name);
    ObjectNode settings = line.putObject("config");
    config(config).forEach(settings::put);
    line.put("record", number).put("topic", topic).put("sink", sink);
    try {
      Transformation transform = (Transformation) Class.forName(PACKAGE + name).getDeclaredConstructor().newInstance();
      transform.configure(config(config));
      SchemaAndValue in = parse(json);
      ConnectRecord<?> record = sink
          ? new SinkRecord(topic, 3, null, null, in.schema(), in.value(), 17, 1000L, TimestampType.CREATE_TIME)
          : new SourceRecord(Map.of("p", 1), Map.of("o", 2), topic, null, null, null, in.schema(), in.value(), null);
      Object out = transform.apply((ConnectRecord) record);
      if (out == null) {
        line.put("out", "dropped");
      } else {
        ConnectRecord<?> got = (ConnectRecord<?>) out;
        line.put("out", got.topic() + "|" + show(got.valueSchema()) + "|" + show(got.value()));
      }
    } catch (Exception error) {
      line.put("out", show(error));
    }
    System.out.println(MAPPER.writeValueAsString(line));
  }

  static String field(String name, String type, String more) {
    return "{\"field\":\"" + name + "\",\"type\":\"" + type + "\"" + more + "}";
  }

  static final String ORDER = "{\"schema\":{\"type\":\"struct\",\"name\":\"Order\",\"version\":3,\"doc\":\"an order\","
      + "\"optional\":true,\"parameters\":{\"p\":\"q\"},\"fields\":["
      + field("id", "int32", "") + "," + field("name", "string", ",\"optional\":true") + ","
      + field("qty", "int64", ",\"default\":7") + "," + field("price", "double", ",\"optional\":true,\"default\":1.5") + ","
      + field("tags", "array", ",\"optional\":true,\"items\":{\"type\":\"string\"}") + ","
      + field("day", "int32", ",\"optional\":true,\"name\":\"org.apache.kafka.connect.data.Date\",\"version\":1") + ","
      + field("raw", "bytes", ",\"optional\":true") + "," + field("small", "int8", ",\"optional\":true") + ","
      + field("ok", "boolean", ",\"optional\":true") + ","
      + "{\"field\":\"at\",\"type\":\"struct\",\"optional\":true,\"fields\":[" + field("x.y", "int32", "") + ","
      + field("city", "string", ",\"optional\":true,\"default\":\"Bonn\"") + "]}]},\"payload\":";

  static final String[] RECORDS = {
      "null", "5", "\"text\"", "[1,2]", "{}", "{\"id\":1}",
      "{\"id\":5,\"name\":\"pen\",\"qty\":2.5,\"ok\":true,\"tags\":[\"a\"],\"at\":{\"x.y\":4,\"city\":null},\"none\":null}",
      "{\"at\":\"flat\",\"at.city\":\"dotted\"}",
      ORDER + "{\"id\":1,\"name\":\"pen\",\"qty\":2,\"price\":0.5,\"tags\":[\"a\",\"b\"],\"day\":19000,\"raw\":\"AQI=\","
          + "\"small\":3,\"ok\":true,\"at\":{\"x.y\":9,\"city\":\"Ulm\"}}}",
      ORDER + "{\"id\":1,\"name\":null,\"qty\":0,\"price\":null,\"tags\":null,\"day\":null,\"raw\":null,\"small\":null,"
          + "\"ok\":null,\"at\":{\"x.y\":9,\"city\":null}}}",
      ORDER + "{\"id\":2,\"qty\":1,\"at\":null}}",
      ORDER + "null}",
      "{\"schema\":{\"type\":\"string\"},\"payload\":\"x\"}",
      "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
      "{\"schema\":{\"type\":\"int32\",\"optional\":true,\"default\":4},\"payload\":null}",
  };

  static final String[][] QUESTIONS = {
      {"InsertField$Value", "topic.field=topic"},
      {"InsertField$Value", "topic.field=topic!;partition.field=part?;timestamp.field=ts;static.field=who;static.value=me"},
      {"InsertField$Value", "offset.field=off!"},
      {"InsertField$Value", "topic.field=id"},
      {"InsertField$Value", "static.field=s;static.value=v;replace.null.with.default=false"},
      {"ReplaceField$Value", "exclude=qty,at"},
      {"ReplaceField$Value", "include=id,qty,none"},
      {"ReplaceField$Value", "include=id,name;exclude=name;renames=id:order_id"},
      {"ReplaceField$Value", "renames=id:name,name:id;replace.null.with.default=false"},
      {"ReplaceField$Value", "renames=id:name"},
      {"MaskField$Value", "fields=name,qty,price,tags,day,small,ok"},
      {"MaskField$Value", "fields=at"},
      {"MaskField$Value", "fields=raw"},
      {"MaskField$Value", "fields=qty,price,small,name;replacement=300.75"},
      {"MaskField$Value", "fields=name;replacement=xxx"},
      {"MaskField$Value", "fields=qty;replacement=xxx"},
      {"MaskField$Value", "fields=ok;replacement=1"},
      {"MaskField$Value", "fields=tags;replacement=1;replace.null.with.default=false"},
      {"HoistField$Value", "field=in"},
      {"ExtractField$Value", "field=name"},
      {"ExtractField$Value", "field=qty;replace.null.with.default=false"},
      {"ExtractField$Value", "field=at.city"},
      {"ExtractField$Value", "field=at.city;field.syntax.version=V2"},
      {"ExtractField$Value", "field=at.city;field.syntax.version=v2;replace.null.with.default=false"},
      {"ExtractField$Value", "field=at.`x.y`;field.syntax.version=V2"},
      {"ExtractField$Value", "field=nope.x;field.syntax.version=V2"},
      {"Filter", ""},
  };

  static final String[][] MAKING = {
      {"InsertField$Value", ""}, {"InsertField$Value", "static.field=a"}, {"ReplaceField$Value", "renames=a"},
      {"ReplaceField$Value", "renames=a:b:c"}, {"MaskField$Value", ""}, {"MaskField$Value", "fields="},
      {"MaskField$Value", "fields=a;replacement="}, {"HoistField$Value", ""}, {"ExtractField$Value", ""},
      {"ExtractField$Value", "field=`a;field.syntax.version=V2"}, {"ExtractField$Value", "field=a;field.syntax.version=V3"},
      {"ExtractField$Value", "field=a;replace.null.with.default=maybe"},
      {"RegexRouter", ""}, {"RegexRouter", "regex=a"},
  };

  static final String[][] ROUTES = {
      {"(.*)-raw", "$1", "orders-raw"}, {"(.*)-raw", "$1", "orders"}, {"(?<t>.*)-raw", "x.${t}", "orders-raw"},
      {"(a)(b)?", "[$1$2]", "a"}, {"(a)", "$12", "a"}, {"a|ab", "x", "ab"}, {"b", "\\$1\\\\", "b"}, {"a", "$1", "a"},
      {"a", "${n}", "a"}, {"a", "$", "a"}, {"a", "\\", "a"}, {"a", "$x", "a"}, {".*", "x", "abc"}, {"a*", "x", ""},
      {"(?i)ORDERS", "x", "orders"}, {"[^.]+\\.(.*)", "$1", "db.public.users"}, {"\\p{Lower}+", "x", "abc"},
      {"\\p{Alpha}\\p{Digit}", "x", "a1"}, {"[\\p{Alnum}_.-]+", "x", "a_1.b-2"}, {"\\Qa.b\\E", "x", "a.b"},
      {"\\Qa.b\\E", "x", "axb"}, {"(?!__).*", "x$0", "__c"}, {"(?<!x)a", "y", "a"}, {"\\w++-\\d{2,3}+", "n", "ab-123"},
      {"(?:a|b){2}", "n", "ab"}, {"\\u0061", "n", "a"}, {"\\x61", "n", "a"}, {"[]a]+", "n", "]a"}, {"a{2}", "n", "aa"},
      {"(\\w)\\1", "n", "zz"}, {"(?<c>\\w)\\k<c>", "n", "zz"}, {"(?x) a b # c", "n", "ab"}, {"a$", "n", "a"}, {"^a", "n", "a"},
  };

  public static void main(String[] args) throws Exception {
    for (int i = 0; i < RECORDS.length; i++) {
      System.out.println(MAPPER.writeValueAsString(MAPPER.createObjectNode().put("is", i).put("json", RECORDS[i])));
    }
    for (String[] question : QUESTIONS) {
      for (int i = 0; i < RECORDS.length; i++) ask(question[0], question[1], i, "t", true);
    }
    for (String config : new String[] {"topic.field=x;partition.field=p;timestamp.field=ts", "offset.field=x"}) {
      for (int i = 0; i < RECORDS.length; i++) ask("InsertField$Value", config, i, "t", false);
    }
    for (String[] making : MAKING) ask(making[0], making[1], 4, "t", true);
    for (String[] route : ROUTES) ask("RegexRouter", "regex=" + route[0] + ";replacement=" + route[1], 1, route[2], true);
  }
}
