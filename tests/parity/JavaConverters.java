// Asks the converters of Apache Kafka Connect what they make of many inputs, and prints question and answer as JSON
// lines: the golden file of runtime/convert/peer_test. How to run it: runtime/convert/README.md.

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

public class JavaConverters {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final String DATA = "org.apache.kafka.connect.data.";
  static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
  static final String STORAGE = "org.apache.kafka.connect.storage.";
  static final String BYTES = "org.apache.kafka.connect.converters.";

  // ---- Data as text that has no order and no doubt

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) text.append(String.format("%02x", b));
    return text.toString();
  }

  static String show(Object value) {
    if (value == null) return "null";
    if (value instanceof Boolean) return "bool:" + value;
    if (value instanceof Byte) return "i8:" + value;
    if (value instanceof Short) return "i16:" + value;
    if (value instanceof Integer) return "i32:" + value;
    if (value instanceof Long) return "i64:" + value;
    if (value instanceof Float f) return "f32:" + String.format("%08x", Float.floatToRawIntBits(f));
    if (value instanceof Double d) {
      return "f64:" + String.format("%016x", Double.doubleToRawLongBits(d));
    }
    if (value instanceof String) return "s'" + value + "'";
    if (value instanceof byte[] bytes) return "b:" + hex(bytes);
    if (value instanceof BigDecimal d) return "d:" + hex(d.unscaledValue().toByteArray()) + "/" + d.scale();
    if (value instanceof java.util.Date date) return "t:" + date.getTime();
    if (value instanceof List<?> list) {
      List<String> parts = new ArrayList<>();
      for (Object item : list) parts.add(show(item));
      return "[" + String.join(",", parts) + "]";
    }
    if (value instanceof Map<?, ?> map) {
      List<String> parts = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        parts.add(show(entry.getKey()) + "=" + show(entry.getValue()));
      }
      parts.sort((a, b) -> Arrays.compareUnsigned(
          a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
      return "{" + String.join(",", parts) + "}";
    }
    if (value instanceof Struct struct) {
      List<String> parts = new ArrayList<>();
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

  // ---- Questions

  static String show(Throwable error) {
    return "E" + error.getClass().getName() + ": " + error.getMessage();
  }

  static Map<String, Object> config(String text, boolean header) {
    Map<String, Object> config = new HashMap<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(";")) {
      config.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
    }
    config.put("converter.type", header ? "header" : "value");
    return config;
  }

  static Object make(String name, String config, boolean header) throws Exception {
    Object made = Class.forName(name).getDeclaredConstructor().newInstance();
    if (made instanceof HeaderConverter h && header) h.configure(config(config, true));
    else ((Converter) made).configure(config(config, false), false);
    return made;
  }

  static void print(ObjectNode line) throws Exception {
    System.out.println(MAPPER.writeValueAsString(line));
  }

  static void to(String name, String config, byte[] input) throws Exception {
    ObjectNode line = MAPPER.createObjectNode();
    boolean header = name.endsWith("HeaderConverter");
    line.put("op", "to").put("class", name);
    if (!config.isEmpty()) line.put("config", config);
    String text = new String(input, StandardCharsets.UTF_8);
    if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), input)) line.put("in", text);
    else line.put("hex", hex(input));
    try {
      Object converter = make(name, config, header);
      SchemaAndValue result = header
          ? ((HeaderConverter) converter).toConnectHeader("t", "h", input)
          : ((Converter) converter).toConnectData("t", input);
      line.put("out", result == null ? "-|null" : show(result.schema()) + "|" + show(result.value()));
    } catch (Exception error) {
      line.put("out", show(error));
    }
    print(line);
  }
  static void to(String name, String config, String input) throws Exception {
    to(name, config, input.getBytes(StandardCharsets.UTF_8));
  }

  // The schema of one envelope with the value of another.
  static void from(String name, String config, String schemaIn, String valueIn) throws Exception {
    boolean header = name.endsWith("HeaderConverter");
    ObjectNode line = MAPPER.createObjectNode();
    line.put("op", "from").put("class", name);
    if (!config.isEmpty()) line.put("config", config);
    line.put("schema", schemaIn).put("value", valueIn);
    JsonConverter json = new JsonConverter();
    json.configure(config("replace.null.with.default=false", false), false);
    Schema schema = json.toConnectData("t", schemaIn.getBytes(StandardCharsets.UTF_8)).schema();
    Object value = json.toConnectData("t", valueIn.getBytes(StandardCharsets.UTF_8)).value();
    try {
      Object converter = make(name, config, header);
      byte[] out = header
          ? ((HeaderConverter) converter).fromConnectHeader("t", "h", schema, value)
          : ((Converter) converter).fromConnectData("t", schema, value);
      if (out == null) {
        line.put("out", "null");
      } else {
        String text = new String(out, StandardCharsets.UTF_8);
        boolean readable = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), out);
        line.put("out", readable ? "T" + text : "H" + hex(out));
      }
    } catch (Exception error) {
      line.put("out", show(error));
    }
    print(line);
  }

  // ---- Inputs

  static String schema(String type, String more) {
    return "{\"type\":\"" + type + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }
  static String envelope(String schema, String payload) {
    return "{\"schema\":" + schema + ",\"payload\":" + payload + "}";
  }
  static String named(String name) {
    return "\"name\":\"" + DATA + name + "\",\"version\":1";
  }

  static final String DECIMAL = schema("bytes", named("Decimal") + ",\"parameters\":{\"scale\":\"2\"}");
  static final String STRUCT = schema("struct", "\"fields\":[{\"type\":\"int32\",\"field\":\"a\"},"
      + "{\"type\":\"string\",\"optional\":true,\"field\":\"b\"}],\"name\":\"N\"");
  static final String[] SCHEMAS = {
      schema("boolean", ""), schema("int8", ""), schema("int16", ""), schema("int32", ""), schema("int64", ""),
      schema("float", ""), schema("double", ""), schema("string", ""), schema("bytes", ""),
      schema("array", "\"items\":{\"type\":\"int32\"}"),
      schema("map", "\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}"),
      schema("map", "\"keys\":{\"type\":\"int32\"},\"values\":{\"type\":\"string\"}"),
      STRUCT, DECIMAL, schema("int32", named("Date")), schema("int32", named("Time")),
      schema("int64", named("Timestamp"))};
  static final String[] PAYLOADS = {
      "null", "true", "false", "0", "1", "-1", "7", "127", "128", "300", "40000", "3000000000", "-3000000000",
      "9223372036854775807", "9223372036854775808", "-9223372036854775809", "12345678901234567890123", "1.9", "-1.9",
      "0.1", "1e3", "1e20", "1.5e-7", "1e39", "1e400", "-0.0", "12.340", "1E70", "\"\"", "\"abc\"", "\"BNI=\"",
      "\"BNI\"", "\" BNI= \"", "\"B NI=\"", "\"!!!!\"", "\"AP8=\"", "\"true\"", "\"5\"", "[]", "[1,2]", "[1.5,\"x\"]",
      "[null]", "[[1,\"a\"]]", "[[1,\"a\"],[1,\"b\"]]", "[[1]]", "[[1,2,3]]", "[1,[2]]", "{}", "{\"a\":1}",
      "{\"a\":1,\"b\":\"x\"}", "{\"b\":5,\"a\":true}", "{\"b\":\"x\"}", "{\"a\":null}", "{\"a\":1,\"c\":2}", "86400000",
      "86400001"};
  // One good value of each schema, in the same order.
  static final String[] VALUES = {"true", "1", "2", "3", "4", "1.5", "0.1", "\"text\"", "\"AAH/\"", "[1,2]",
      "{\"k\":1}", "[[1,\"x\"]]", "{\"a\":1,\"b\":\"x\"}", "\"BNI=\"", "18262", "3723004", "1577934245678"};

  static void readBare() throws Exception {
    String[] texts = {"", " ", "null", "true", "\"x\"", "007", "-007.5", "-0", "1 2", "1,2", "1x", "{}x", "\"a\"b", "truex",
        "true$", "nul", "NaN", "+1", ".5", "1.", "1e", "1e+", "-", "[1,]", "[,1]", "{,}", "{\"a\":1,}", "{a:1}", "[1 2]",
        "{\"a\" 1}", "'a'", "/**/1", "[1}", "[", "{", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"",
        "\"\\u20ac\\ud83d\\ude00\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\u20ac", "\"\u20ac\u2028\ud83d\ude00\"",
        "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":[1,{\"b\":null}],\"c\":-2.5}", "[1e99999999999]", "[1e2147483647]",
        "[1e2147483648]", "[1e-2147483647]", "\ufeff{\"a\":1}", "\u0000", "[1.0000000000000000000000001]",
        "[0.30000000000000004]", "[123456789012345678.5]", "[1e22,1e23,9007199254740993.0]", "[5e-324,2.5e-324,2.4e-324]",
        "[1.7976931348623157e308,1.7976931348623159e308]", "{\"\":{\"\":[]}}", "[[[[[]]]]]", "tru", "true false", "\t\r\n 1 ",
        "\f1", "1\u00a0", "\u00a01", "{\"a\\u0062\":1}", "{\"a\":1}}", "[1]]", "00", "-00", "00.5", "0e5", "-0e5",
        "0.0000001", "1E7", "[\"a\",\"b\"]"};
    for (String text : texts) to(JSON, "schemas.enable=false", text);
    for (String payload : PAYLOADS) to(JSON, "schemas.enable=false", payload);
    to(JSON, "schemas.enable=false", new byte[] {'"', (byte) 0xff, '"'});
    to(JSON, "schemas.enable=false", new byte[] {'"', (byte) 0xe2, (byte) 0x82, '"'});
    to(JSON, "schemas.enable=false", "[".repeat(1000) + "]".repeat(1000));
    to(JSON, "schemas.enable=false", "[".repeat(1001) + "]".repeat(1001));
    to(JSON, "schemas.enable=false", "1".repeat(1000));
    to(JSON, "schemas.enable=false", "1".repeat(1001));
    to(JSON, "schemas.enable=false", "0.".concat("1".repeat(999)));
    to(JSON, "schemas.enable=false", "0.".concat("1".repeat(1000)));
  }

  static void readEnvelopes() throws Exception {
    for (String schema : SCHEMAS) {
      for (String payload : PAYLOADS) to(JSON, "", envelope(schema, payload));
    }
    String[] texts = {"", "1", "null", "[]", "{}", "{\"schema\":null}", "{\"payload\":1}", "{\"schema\":null,\"payload\":1}",
        "{\"payload\":1.5,\"schema\":null}", "{\"schema\":null,\"payload\":null}", "{\"schema\":null,\"payload\":1,\"x\":2}",
        "{\"schema\":null,\"payload\":1,\"payload\":2}", "{\"schema\":1,\"payload\":1}", "{\"schema\":\"x\",\"payload\":1}",
        "{\"schema\":{},\"payload\":1}", "{\"schema\":{\"type\":5},\"payload\":1}", "{\"schema\":{\"type\":\"x\"},\"payload\":1}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":1} 5", " { \"schema\" : {\"type\":\"int32\"} , \"payload\" : 1 } ",
        "{\"payload\":1,\"schema\":{\"type\":\"int32\"}}", "{\"schema\":{\"type\":\"int32\"},\"payload\":1,}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":[1}", "{\"schema\":{\"type\":\"int32\"},\"payload\":01}"};
    for (String text : texts) to(JSON, "", text);
    String[] schemas = {schema("array", ""), schema("array", "\"items\":null"), schema("map", ""),
        schema("map", "\"keys\":{\"type\":\"string\"}"), schema("map", "\"keys\":null,\"values\":{\"type\":\"string\"}"),
        schema("map", "\"keys\":{\"type\":\"string\"},\"values\":null"), schema("struct", ""), schema("struct", "\"fields\":{}"),
        schema("struct", "\"fields\":[1]"), schema("struct", "\"fields\":[{\"type\":\"int32\"}]"),
        schema("struct", "\"fields\":[{\"field\":\"a\"}]"),
        schema("struct", "\"fields\":[{\"type\":\"int32\",\"field\":\"\"}]"),
        schema("struct", "\"fields\":[{\"type\":\"int32\",\"field\":\"a\"},{\"type\":\"int8\",\"field\":\"a\"}]"),
        schema("struct", "\"fields\":[]"), schema("int32", "\"optional\":true"), schema("int32", "\"optional\":\"true\""),
        schema("int32", "\"optional\":1"), schema("int32", "\"version\":3"), schema("int32", "\"version\":\"3\""),
        schema("int32", "\"version\":3.0"), schema("int32", "\"version\":3000000000"), schema("int32", "\"name\":5"),
        schema("int32", "\"name\":\"n\",\"doc\":\"d\",\"parameters\":{\"k\":\"v\",\"a\":\"b\"}"),
        schema("int32", "\"parameters\":{\"k\":1}"), schema("int32", "\"parameters\":{}"), schema("int32", "\"parameters\":[]"),
        schema("int32", "\"default\":5"), schema("int32", "\"default\":null"), schema("int32", "\"default\":null,\"optional\":true"),
        schema("int32", "\"default\":\"x\""), schema("string", "\"default\":5"), schema("string", "\"default\":5,\"optional\":true"),
        schema("string", "\"default\":\"d\""), schema("bytes", "\"default\":\"AAE=\""),
        schema("array", "\"items\":{\"type\":\"string\"},\"default\":[\"a\"]"),
        schema("array", "\"items\":{\"type\":\"string\"},\"default\":[1]"),
        schema("map", "\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int8\"},\"default\":{\"a\":1}"),
        schema("struct", "\"fields\":[{\"type\":\"int32\",\"field\":\"a\"}],\"default\":{\"a\":1}"),
        schema("bytes", named("Decimal")), schema("bytes", named("Decimal") + ",\"parameters\":{\"scale\":\"x\"}"),
        schema("int32", named("Date") + ",\"default\":5"), schema("string", named("Date")), schema("int32", named("Decimal")),
        schema("INT32", ""), "{\"type\":\"int32\",\"type\":\"int8\"}"};
    for (String schema : schemas) {
      to(JSON, "", envelope(schema, "null"));
      to(JSON, "", envelope(schema, "1"));
      to(JSON, "", envelope(schema, "{\"a\":300}"));
      to(JSON, "", envelope(schema, "\"AAE=\""));
    }
    String fields = "\"fields\":[{\"type\":\"int32\",\"default\":5,\"field\":\"a\"},"
        + "{\"type\":\"string\",\"optional\":true,\"default\":\"d\",\"field\":\"b\"},{\"type\":\"bytes\",\"optional\":true,\"field\":\"c\"},"
        + "{\"type\":\"array\",\"optional\":true,\"items\":{\"type\":\"string\"},\"field\":\"d\"},"
        + "{\"type\":\"struct\",\"optional\":true,\"fields\":[{\"type\":\"string\",\"field\":\"x\"}],\"field\":\"e\"}]";
    String[] payloads = {"{}", "{\"a\":null,\"b\":null}", "{\"a\":1,\"b\":\"y\",\"c\":\"AA==\"}", "{\"b\":5,\"c\":5}",
        "{\"d\":[\"a\",null]}", "{\"d\":[1]}", "{\"d\":[\"a\"]}", "{\"e\":{}}", "{\"e\":{\"x\":\"1\"}}", "{\"e\":{\"x\":1}}", "{\"e\":[]}",
        "{\"e\":{\"x\":null}}", "{\"c\":\"*\"}", "{\"d\":{\"k\":\"v\"}}", "{\"d\":7}"};
    for (String payload : payloads) {
      to(JSON, "", envelope(schema("struct", fields), payload));
      to(JSON, "replace.null.with.default=false", envelope(schema("struct", fields), payload));
    }
    String content = "schema.content=" + STRUCT;
    for (String text : new String[] {"", " ", "null", "{\"a\":1}", "1", "{", envelope(STRUCT, "{\"a\":1}")}) to(JSON, content, text);
    for (String schema : SCHEMAS) to(JSON, "schema.content=" + schema, "");
    to(JSON, "schema.content={", "1");
    to(JSON, "schema.content=null", "{\"schema\":null,\"payload\":1}");
    to(JSON, "schema.content={}", "1");
    to(JSON, "schema.content=" + STRUCT + ";schemas.enable=false", "{\"a\":1}");
    to(JSON, "schema.content={;schemas.enable=false", "1");
  }

  static void write() throws Exception {
    String none = envelope("null", "1");
    for (int v = 0; v < SCHEMAS.length; ++v) {
      String value = envelope(SCHEMAS[v], VALUES[v]);
      from(JSON, "", value, value);
      from(JSON, "schemas.enable=false", value, value);
      from(JSON, "schemas.enable=false", none, value);
      for (int s = 0; s < SCHEMAS.length; ++s) {
        if (s != v && (s + v) % 3 != 0) from(JSON, "schemas.enable=false", envelope(SCHEMAS[s], VALUES[s]), value);
      }
      for (String name : new String[] {BYTES + "ByteArrayConverter", BYTES + "BooleanConverter", BYTES + "ShortConverter",
          BYTES + "IntegerConverter", BYTES + "LongConverter", BYTES + "FloatConverter", BYTES + "DoubleConverter"}) {
        from(name, "", value, value);
      }
      if (v != 8) from(STORAGE + "StringConverter", "", value, value);
      from(STORAGE + "SimpleHeaderConverter", "", value, value);
      String optional = SCHEMAS[v].replaceFirst("\"type\"", "\"optional\":true,\"type\"");
      for (String name : new String[] {JSON, STORAGE + "StringConverter", BYTES + "ByteArrayConverter",
          BYTES + "BooleanConverter", BYTES + "IntegerConverter", STORAGE + "SimpleHeaderConverter"}) {
        if (v < 9) from(name, "", envelope(optional, "null"), envelope(optional, "null"));
      }
      from(JSON, "schemas.enable=false", envelope(optional, "null"), envelope(optional, "null"));
      from(JSON, "schemas.enable=false", envelope(SCHEMAS[v], VALUES[v]), envelope(optional, "null"));
    }
    from(JSON, "", none, envelope("null", "null"));
    from(JSON, "", none, envelope("null", "{\"a\":[1,null,2.5,\"x\"]}"));
    for (String number : new String[] {"12.34", "1.230", "1e3", "1E-10", "0", "-5", "123456789012345678901234567890.12", "1E+30"}) {
      from(JSON, "decimal.format=numeric;schemas.enable=false", envelope(DECIMAL, number), envelope(DECIMAL, number));
      from(JSON, "schemas.enable=false", envelope(DECIMAL, number), envelope(DECIMAL, number));
      from(STORAGE + "StringConverter", "", envelope(DECIMAL, number), envelope(DECIMAL, number));
      from(STORAGE + "SimpleHeaderConverter", "", envelope(DECIMAL, number), envelope(DECIMAL, number));
    }
    String[] doubles = {"0", "-0.0", "1", "0.1", "1e7", "9999999", "1.0E10", "0.001", "0.0001", "1e-5", "123456.789", "1e400", "-1e400",
        "3.4028235e38", "4.9e-324", "1e22", "100", "1e21"};
    for (String number : doubles) {
      for (String type : new String[] {"float", "double"}) {
        String value = envelope(schema(type, ""), number);
        from(JSON, "schemas.enable=false", value, value);
        from(STORAGE + "StringConverter", "", value, value);
      }
    }
    String[] strings = {"\"\"", "\"a\\\"b\\\\c/d\"", "\"\\u0000\\u0001\\u001f\\u007f\\b\\t\\n\\f\\r\"", "\"gr\u00fc\u00df \u2028 \ud83d\ude00\"",
        "\"\\u20ac\"", "\"\\ufffe\"", "\"\\ud83d\\ude00\\n\uff5e\ud83d\ude00\"", "\"'<>&\""};
    for (String text : strings) {
      String value = envelope(schema("string", ""), text);
      from(JSON, "schemas.enable=false", value, value);
      from(STORAGE + "StringConverter", "", value, value);
      from(STORAGE + "SimpleHeaderConverter", "", value, value);
      for (String encoding : new String[] {"US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE", "windows-1252"}) {
        from(STORAGE + "StringConverter", "converter.encoding=" + encoding, value, value);
      }
    }
    for (String date : new String[] {"0", "-1", "1", "86399999", "86400000", "1577836800000", "1577836800001", "-62135596800000",
        "-12219292800001", "-12219292800000", "253402300800000", "951868799999"}) {
      String value = envelope(schema("int64", named("Timestamp")), date);
      from(STORAGE + "StringConverter", "", value, value);
      from(STORAGE + "SimpleHeaderConverter", "", value, value);
      from(JSON, "schemas.enable=false", envelope(schema("int32", named("Date")), "0"), value);
      from(JSON, "schemas.enable=false", envelope(schema("int32", named("Time")), "0"), value);
    }
    String rich = schema("struct", "\"name\":\"r\",\"version\":2,\"doc\":\"d\\\"\",\"parameters\":{\"p\":\"q\"},\"fields\":["
        + "{\"type\":\"int32\",\"default\":5,\"field\":\"a\"},{\"type\":\"array\",\"items\":{\"type\":\"double\"},\"optional\":true,\"field\":\"b\"},"
        + "{\"type\":\"map\",\"keys\":{\"type\":\"int8\"},\"values\":{\"type\":\"bytes\"},\"optional\":true,\"field\":\"c\"},"
        + "{\"type\":\"bytes\",\"name\":\"" + DATA + "Decimal\",\"parameters\":{\"scale\":\"1\"},\"optional\":true,\"default\":\"Ag==\",\"field\":\"d\"},"
        + "{\"type\":\"string\",\"optional\":true,\"doc\":\"x\",\"field\":\"e\"}]");
    for (String payload : new String[] {"{\"a\":1}", "{\"a\":1,\"b\":[1,2.5],\"c\":[[1,\"AQ==\"]],\"d\":\"Aw==\",\"e\":\"\\\"\"}"}) {
      for (String config : new String[] {"", "schemas.enable=false", "replace.null.with.default=false", "decimal.format=NUMERIC"}) {
        from(JSON, config, envelope(rich, payload), envelope(rich, payload));
      }
      String text = payload.replaceFirst("\"c\":.*\\]\\],", "");  // the text of bytes is an address
      from(STORAGE + "StringConverter", "", envelope(rich, text), envelope(rich, text));
      from(STORAGE + "SimpleHeaderConverter", "", envelope(rich, payload), envelope(rich, payload));
    }
  }

  static void readBytes() throws Exception {
    byte[][] inputs = {{}, {0}, {1}, {2}, {(byte) 0xff}, {1, 2}, {(byte) 0x80, 0}, {1, 2, 3}, {0, 0, 0, 5}, {0x7f, (byte) 0xc0, 0, 0},
        {0x3f, (byte) 0x80, 0, 0}, {1, 2, 3, 4, 5}, {0x3f, (byte) 0xf0, 0, 0, 0, 0, 0, 0}, {-1, -1, -1, -1, -1, -1, -1, -2},
        {1, 2, 3, 4, 5, 6, 7, 8, 9}};
    for (String name : new String[] {"ByteArrayConverter", "BooleanConverter", "ShortConverter", "IntegerConverter", "LongConverter",
        "FloatConverter", "DoubleConverter"}) {
      for (byte[] input : inputs) to(BYTES + name, "", input);
    }
    byte[][] texts = {{}, {'a'}, {(byte) 0xc3, (byte) 0xbc}, {(byte) 0xff, 'a'}, {(byte) 0xc3}, {(byte) 0xe2, (byte) 0x82, 'a'},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xf0, (byte) 0x9f, (byte) 0x98}, {(byte) 0xfe, (byte) 0xff, 0, 'a'},
        {(byte) 0xff, (byte) 0xfe, 'a', 0}, {0, 'a', 0, 'b'}, {(byte) 0x80, (byte) 0x93}, {(byte) 0xf5, (byte) 0x80}, {(byte) 0xc0, (byte) 0x80}};
    for (String encoding : new String[] {"UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE"}) {
      for (byte[] text : texts) {
        to(STORAGE + "StringConverter", encoding.equals("UTF-8") ? "" : "converter.encoding=" + encoding, text);
      }
    }
  }

  static void readHeaders() throws Exception {
    String[] texts = {"", " ", "null", " null ", "true", "True", " true ", "false", "true}", "truex", "0", "5", "+5", "-5", "00012", "127",
        "128", "-128", "-129", "32767", "32768", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "1e19", "1e18", "10000000000000000001", "1.0", "1e3", "1.50", "1.5", "0.5", "-0.5",
        "3.4e38", "3.4e39", "1E400", "1e-50", "0.1234567890123456789", "0.0", "-0", "1.", ".5", "+.5", "5.", "1e", "1e5x", "--5", "+", "-",
        "NaN", "Infinity", "0x10", "1_000", "12abc", "\"q\"", "\"q", "abc", "a b", " abc ", "2020-01-02", "2020-13-45", "2020-1-002",
        "20200-1-02", "2020-01-0x", "2020-01-02T03:04:05.678Z", "2020-01-02T03:04:05.678", "03:04:05.678Z", "25:61:61.999Z",
        "03\\:04\\:05.678Z", "03:04:05.67Z", "1500-02-29", "0001-01-01", "1582-10-10", "[]", "[ ]", "[1]", "[1,2.5]", "[1,300]", "[1,70000]",
        "[1,\"a\"]", "[1,null]", "[null]", "[null,null]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1", "[1]x", "[true,false]", "[true,1]",
        "[[1],[2]]", "[[1],[\"a\"]]", "[[]]", "[\"a\",\"b\"]", "[\"2020-01-02\",\"2020-01-03\"]", "[2020-01-02,5]", "[5,2020-01-02]",
        "[\"a\\\"b\"]", "[\"a,b\"]", "[\"a : b\"]", "[1e400,5]", "[1e400,2e400]", "[1.5,1e300]", "[a]", "[1,2", "{}", "{ }", "{\"a\":1}",
        "{\"a\":1,\"b\":2.5}", "{\"a\":1,\"b\":\"x\"}", "{\"a\":null}", "{1:2}", "{1:2,300:4}", "{1:\"a\",1:\"b\"}", "{\"a\":1,\"a\":2}", "{a:1}",
        "{\"a\":1", "{\"a\"}", "{\"a\":}", "{:1}", "{,}", "{\"a\":1,}", "{\"a\":{\"b\":[1,2]}}", "{\"a\":[1],\"b\":[2]}", "{null:1}", "{\"a\":1}}",
        "{\"a\":1 \"b\":2}", "{[1]:2}", "1,2", "1:2", ",", ":", "]", "}", "\\", "\\\"", "a,b", "a:b", "1}", "\u00fc", "[\u00fc]",
        "2020-01-\u00e9\u00e9", "-123-01-01", "9999-12-31", "2020-01-02 ", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : 2 }", "[\" a \"]", "12:30", "12:30:00",
        "1,2,3:4", "1e3,5", "[true}", "false]", "null]", "[null", "nullx"};
    for (String text : texts) to(STORAGE + "SimpleHeaderConverter", "", text);
    to(STORAGE + "SimpleHeaderConverter", "", new byte[] {(byte) 0xff});
    to(JSON, "schemas.enable=false", "\"end\"");
  }

  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    System.setOut(new java.io.PrintStream(System.out, false, "UTF-8"));
    readBare();
    readEnvelopes();
    write();
    readBytes();
    readHeaders();
    System.out.flush();
  }
}
