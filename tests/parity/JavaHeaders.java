// Asks each converter of Apache Kafka Connect, as a header converter, what it makes of bytes and values, and the one
// that guesses (SimpleHeaderConverter) of a few thousand random texts. Prints what JavaConverters prints: the golden
// file testdata/headers.jsonl of runtime/convert/peer_test. How to run it: runtime/convert/README.md.

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.HeaderConverter;

public class JavaHeaders {
  static final String SIMPLE = JavaConverters.STORAGE + "SimpleHeaderConverter";
  static final String[] NUMBERS = {"Boolean", "Short", "Integer", "Long", "Float", "Double"};

  static HeaderConverter make(String name, String config) throws Exception {
    HeaderConverter made = (HeaderConverter) Class.forName(name).getDeclaredConstructor().newInstance();
    made.configure(JavaConverters.config(config, true));
    return made;
  }

  static ObjectNode line(String op, String name, String config) {
    ObjectNode line = JavaConverters.MAPPER.createObjectNode();
    line.put("op", op).put("class", name).put("header", true);
    if (!config.isEmpty()) line.put("config", config);
    return line;
  }

  static void to(String name, String config, byte[] input) throws Exception {
    ObjectNode line = line("to", name, config);
    String text = new String(input, StandardCharsets.UTF_8);
    if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), input)) line.put("in", text);
    else line.put("hex", JavaConverters.hex(input));
    try {
      SchemaAndValue result = make(name, config).toConnectHeader("t", "h", input);
      line.put("out", result == null ? "-|null"
          : JavaConverters.show(result.schema()) + "|" + JavaConverters.show(result.value()));
    } catch (Exception error) {
      line.put("out", JavaConverters.show(error));
    }
    JavaConverters.print(line);
  }

  static void from(String name, String config, String value) throws Exception {
    ObjectNode line = line("from", name, config);
    line.put("schema", value).put("value", value);
    JsonConverter json = new JsonConverter();
    json.configure(JavaConverters.config("replace.null.with.default=false", false), false);
    SchemaAndValue data = json.toConnectData("t", value.getBytes(StandardCharsets.UTF_8));
    try {
      byte[] out = make(name, config).fromConnectHeader("t", "h", data.schema(), data.value());
      String text = out == null ? "" : new String(out, StandardCharsets.UTF_8);
      boolean readable = out != null && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), out);
      line.put("out", out == null ? "null" : readable ? "T" + text : "H" + JavaConverters.hex(out));
    } catch (Exception error) {
      line.put("out", JavaConverters.show(error));
    }
    JavaConverters.print(line);
  }

  // Made of pieces that mean something to Values.parseString, mostly in an order that does not.
  static String guess(Random random) {
    String[] pieces = {"[", "]", "{", "}", ":", ",", "\"", "\\", "\\\"", " ", "a", "null", "true", "false", "1", "-7", "300", "70000",
        "5000000000", "99999999999999999999", "1.5", "-0.25", "1e3", "1E400", ".", "-", "+", "2020-01-02", "03:04:05.678Z",
        "2020-01-02T03:04:05.678Z", "T", "\"b\"", "\"k\":", "\u00e9", "NaN", "0", "00", "x"};
    String[] whole = {"[1,%s]", "[%s]", "{\"a\":%s}", "{%s:1}", "[%s,%s]", "{\"a\":%s,\"b\":%s}", "%s", "%s%s", "%s%s%s", "%s%s%s%s",
        "%s%s%s%s%s%s", "[[%s],[%s]]", "{\"a\":{\"b\":%s}}", " %s ", "\"%s\"", "[%s:%s]"};
    StringBuilder text = new StringBuilder();
    for (char c : whole[random.nextInt(whole.length)].toCharArray()) {
      if (c == 's') text.append(pieces[random.nextInt(pieces.length)]);
      else if (c != '%') text.append(c);
    }
    return text.toString();
  }

  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    System.setOut(new java.io.PrintStream(System.out, false, "UTF-8"));
    byte[][] inputs = {{}, {0}, {1}, {2}, {-1, 'a'}, {0, 7}, {0, 0, 0, 5}, {0x3f, (byte) 0x80, 0, 0}, {0, 0, 0, 0, 0, 0, 1, 0},
        {0x3f, (byte) 0xf0, 0, 0, 0, 0, 0, 0}, "5".getBytes(), "\"5\"".getBytes(), "true".getBytes(), "{\"a\":1}".getBytes(),
        "{\"schema\":{\"type\":\"int32\"},\"payload\":5}".getBytes(), "{oops".getBytes(), "gr\u00fc\u00df".getBytes("UTF-8"), "null".getBytes()};
    String[] values = {JavaConverters.envelope("{\"type\":\"string\"}", "\"text\""),
        JavaConverters.envelope("{\"type\":\"string\",\"optional\":true}", "null"), JavaConverters.envelope("{\"type\":\"boolean\"}", "true"),
        JavaConverters.envelope("{\"type\":\"int8\"}", "-5"), JavaConverters.envelope("{\"type\":\"int16\"}", "300"),
        JavaConverters.envelope("{\"type\":\"int32\"}", "70000"), JavaConverters.envelope("{\"type\":\"int64\"}", "5000000000"),
        JavaConverters.envelope("{\"type\":\"float\"}", "1.5"), JavaConverters.envelope("{\"type\":\"double\"}", "1e300"),
        JavaConverters.envelope("{\"type\":\"bytes\"}", "\"AQI=\""),
        JavaConverters.envelope("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[\"a\",\"b\\\"\"]"),
        JavaConverters.envelope("{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}}", "{\"k\":1}"),
        JavaConverters.envelope("{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"a\"}]}", "{\"a\":1}"),
        JavaConverters.envelope("{\"type\":\"int64\"," + JavaConverters.named("Timestamp") + "}", "1577836800001"),
        JavaConverters.envelope("{\"type\":\"int32\"," + JavaConverters.named("Date") + "}", "18262"),
        JavaConverters.envelope("{\"type\":\"int32\"," + JavaConverters.named("Time") + "}", "1000"),
        JavaConverters.envelope("{\"type\":\"bytes\"," + JavaConverters.named("Decimal") + ",\"parameters\":{\"scale\":\"2\"}}", "\"BNI=\"")};
    String[][] classes = {{JavaConverters.JSON, ""}, {JavaConverters.JSON, "schemas.enable=false"},
        {JavaConverters.JSON, "schemas.enable=false;decimal.format=NUMERIC"}, {JavaConverters.STORAGE + "StringConverter", ""},
        {JavaConverters.STORAGE + "StringConverter", "converter.encoding=UTF-16BE"}, {JavaConverters.BYTES + "ByteArrayConverter", ""},
        {SIMPLE, ""}};
    for (String[] converter : classes) {
      for (byte[] input : inputs) to(converter[0], converter[1], input);
      for (String value : values) {
        boolean address = value.contains("\"bytes\"") && !value.contains("Decimal") && converter[0].endsWith("StringConverter");
        if (!address) from(converter[0], converter[1], value);  // the text of bytes is an address
      }
    }
    for (String number : NUMBERS) {
      for (byte[] input : inputs) to(JavaConverters.BYTES + number + "Converter", "", input);
      for (String value : values) from(JavaConverters.BYTES + number + "Converter", "", value);
    }
    Random random = new Random(20261126);
    int texts = args.length > 0 ? Integer.parseInt(args[0]) : 1500;
    for (int i = 0; i < texts; i++) to(SIMPLE, "", guess(random).getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }
}
