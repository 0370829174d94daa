// Asks SchemaProjector of Apache Kafka Connect to bring values from one schema to another, and prints question and
// answer as JSON lines: the golden file testdata/projector.jsonl of runtime/convert/peer_test. How to run it:
// runtime/convert/README.md.

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaProjector;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.json.JsonConverter;

public class JavaProjector {
  static JsonConverter json;

  static SchemaAndValue read(String text) {
    return json.toConnectData("t", text.getBytes(StandardCharsets.UTF_8));
  }
  // `target` comes as the schema of a list's items, so that it needs no value.
  static void project(String schema, String payload, String target) throws Exception {
    String source = JavaConverters.envelope(schema, payload);
    String wanted = JavaConverters.envelope("{\"type\":\"array\",\"items\":" + target + "}", "[]");
    ObjectNode line = JavaConverters.MAPPER.createObjectNode();
    line.put("op", "project").put("schema", wanted).put("value", source);
    SchemaAndValue from;
    Schema to;
    try {
      from = read(source);
      to = read(wanted).schema().valueSchema();
    } catch (RuntimeException error) {
      return;  // a change that makes no schema
    }
    try {
      Object result = SchemaProjector.project(from.schema(), from.value(), to);
      line.put("out", JavaConverters.show(result));
    } catch (ConnectException error) {
      StringBuilder text = new StringBuilder("E");
      for (Throwable cause = error; cause != null; cause = cause.getCause()) {
        text.append(cause == error ? "" : "\nCaused by: ").append(cause.getClass().getName()).append(": ").append(cause.getMessage());
      }
      line.put("out", text.toString());
    } catch (RuntimeException error) {
      line.put("out", "E");  // a cast of Java's
    }
    JavaConverters.print(line);
  }

  static void types() throws Exception {
    String[][] types = {{"int8", "-128"}, {"int16", "300"}, {"int32", "16777217"}, {"int64", "9007199254740993"}, {"float", "0.1"},
        {"double", "1e300"}, {"boolean", "true"}, {"string", "\"x\""}, {"bytes", "\"AQI=\""}};
    String[] parts = {"{\"type\":\"array\",\"items\":{\"type\":\"int8\"}}", "[1,2]",
        "{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int8\"}}", "{\"k\":1}",
        "{\"type\":\"struct\",\"fields\":[{\"type\":\"int8\",\"field\":\"a\"}]}", "{\"a\":1}"};
    List<String[]> all = new ArrayList<>();
    for (String[] type : types) all.add(new String[] {"{\"type\":\"" + type[0] + "\"}", type[1]});
    for (int i = 0; i < parts.length; i += 2) all.add(new String[] {parts[i], parts[i + 1]});
    String[] logical = {"Date", "int32", "18262", "Time", "int32", "1000", "Timestamp", "int64", "1577836800001"};
    for (int i = 0; i < logical.length; i += 3) {
      all.add(new String[] {"{\"type\":\"" + logical[i + 1] + "\"," + JavaConverters.named(logical[i]) + "}", logical[i + 2]});
    }
    for (int scale = 1; scale < 3; scale++) {
      all.add(new String[] {"{\"type\":\"bytes\"," + JavaConverters.named("Decimal") + ",\"parameters\":{\"scale\":\"" + scale + "\"}}",
          "\"BNI=\""});
    }
    for (String[] from : all) {
      for (String[] to : all) {
        project(from[0], from[1], to[0]);
        String optional = from[0].substring(0, from[0].length() - 1) + ",\"optional\":true}";
        project(optional, "null", to[0].substring(0, to[0].length() - 1) + ",\"optional\":true}");
        if (from != to) continue;
        project(optional, "null", to[0]);
        project(optional, from[1], to[0]);
        project(optional, "null", to[0].substring(0, to[0].length() - 1) + ",\"default\":" + to[1] + "}");
        project(optional, from[1], to[0].substring(0, to[0].length() - 1) + ",\"default\":" + to[1] + "}");
        project(from[0], from[1], to[0].substring(0, to[0].length() - 1) + ",\"name\":\"other\"}");
        project(from[0], from[1], to[0].substring(0, to[0].length() - 1) + ",\"version\":7,\"doc\":\"d\"}");
        project(from[0], from[1], to[0].substring(0, to[0].length() - 1) + ",\"parameters\":{\"p\":\"q\"}}");
      }
    }
  }

  // ---- Random structs and what became of them

  static final Random RANDOM = new Random(20261126);
  static boolean chance(int percent) {
    return RANDOM.nextInt(100) < percent;
  }
  // A type: its schema without the closing brace, and a value.
  static String[] random(int depth) {
    switch (RANDOM.nextInt(depth > 2 ? 7 : 10)) {
      case 0: return new String[] {"{\"type\":\"int8\"", "" + (RANDOM.nextInt(256) - 128)};
      case 1: return new String[] {"{\"type\":\"int16\"", "" + (RANDOM.nextInt(65536) - 32768)};
      case 2: return new String[] {"{\"type\":\"int32\"", "" + RANDOM.nextInt()};
      case 3: return new String[] {"{\"type\":\"int64\"", "" + RANDOM.nextLong()};
      case 4: return new String[] {"{\"type\":\"float\"", "" + RANDOM.nextInt(1000) / 8.0};
      case 5: return new String[] {"{\"type\":\"string\"", "\"s" + RANDOM.nextInt(100) + "\""};
      case 6: return new String[] {"{\"type\":\"boolean\"", "" + RANDOM.nextBoolean()};
      case 7: {
        String[] item = random(depth + 1);
        return new String[] {"{\"type\":\"array\",\"items\":" + item[0] + "}", "[" + item[1] + "," + item[1] + "]"};
      }
      case 8: {
        String[] value = random(depth + 1);
        return new String[] {"{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":" + value[0] + "}", "{\"k\":" + value[1] + "}"};
      }
      default: return struct(depth);
    }
  }
  static String[] struct(int depth) {
    StringBuilder fields = new StringBuilder(), values = new StringBuilder();
    int count = 1 + RANDOM.nextInt(4);
    for (int i = 0; i < count; i++) {
      String[] field = random(depth + 1);
      boolean optional = chance(40);
      fields.append(i == 0 ? "" : ",").append(field[0]).append(optional ? ",\"optional\":true" : "")
          .append(chance(20) ? ",\"default\":" + field[1] : "").append(",\"field\":\"f").append(i).append("\"}");
      values.append(i == 0 ? "" : ",").append("\"f").append(i).append("\":").append(optional && chance(50) ? "null" : field[1]);
    }
    return new String[] {"{\"type\":\"struct\",\"name\":\"n\",\"fields\":[" + fields + "]", "{" + values + "}"};
  }
  // One change somewhere in the text of a schema, as people make them.
  static String change(String schema) {
    String[][] changes = {{"\"int8\"", "\"int32\""}, {"\"int16\"", "\"int64\""}, {"\"int32\"", "\"double\""}, {"\"int64\"", "\"float\""},
        {"\"float\"", "\"double\""}, {"\"int64\"", "\"int32\""}, {"\"optional\":true,", ""}, {"\"string\",", "\"string\",\"optional\":true,"},
        {"\"fields\":[", "\"fields\":[{\"type\":\"string\",\"optional\":true,\"field\":\"new\"},"},
        {"\"fields\":[", "\"fields\":[{\"type\":\"int64\",\"default\":5,\"field\":\"new\"},"},
        {"\"fields\":[", "\"fields\":[{\"type\":\"int64\",\"field\":\"new\"},"},
        {"\"fields\":[", "\"fields\":[{\"type\":\"int8\",\"optional\":true,\"default\":5,\"field\":\"new\"},"},
        {"\"field\":\"f0\"", "\"field\":\"g0\""}, {"\"field\":\"f1\"", "\"default\":null,\"field\":\"f1\""}, {"\"name\":\"n\"", "\"name\":\"m\""},
        {"\"string\"", "\"bytes\""}, {"\"boolean\"", "\"int8\""}, {"\"fields\":[", "\"version\":2,\"fields\":["}};
    for (int tries = 0; tries < 50; tries++) {
      String[] wanted = changes[RANDOM.nextInt(changes.length)];
      List<Integer> places = new ArrayList<>();
      for (int at = schema.indexOf(wanted[0]); at >= 0; at = schema.indexOf(wanted[0], at + 1)) places.add(at);
      if (places.isEmpty()) continue;
      int at = places.get(RANDOM.nextInt(places.size()));
      return schema.substring(0, at) + wanted[1] + schema.substring(at + wanted[0].length());
    }
    return schema;
  }

  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    System.setOut(new java.io.PrintStream(System.out, false, "UTF-8"));
    json = new JsonConverter();
    json.configure(JavaConverters.config("replace.null.with.default=false", false), false);
    types();
    for (int i = 0; i < 700; i++) {
      String[] made = struct(0);
      String schema = made[0] + "}", target = schema;
      for (int changes = RANDOM.nextInt(4); changes > 0; changes--) target = change(target);
      project(schema, made[1], target);
    }
    System.out.flush();
  }
}
