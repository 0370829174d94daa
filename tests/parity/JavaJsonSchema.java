// Asks Confluent's JsonSchemaData, and the library behind it, what Connect schemas and values are in JSON Schema and the
// other way round, which payloads are valid, and which schemas are compatible. One JSON object a line;
// runtime/convert/json_schema/testdata/README.md says how to run it.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.connect.json.JsonSchemaData;
import io.confluent.connect.json.JsonSchemaDataConfig;
import io.confluent.kafka.schemaregistry.json.JsonSchema;
import io.confluent.kafka.schemaregistry.json.jackson.Jackson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.json.JsonConverter;

public class JavaJsonSchema {
  static final ObjectMapper JSON = Jackson.newObjectMapper();
  static final JsonConverter ENVELOPE = new JsonConverter();
  static final String[][] FROM_OPTIONS = {
    {}, {"object.additional.properties=false", "decimal.format=NUMERIC"}, {"generalized.sum.type.support=true"}, {"ignore.default.for.nullables=true"}};
  static final String[][] TO_OPTIONS = {
    {}, {"use.optional.for.nonrequired=true"}, {"generalized.sum.type.support=true", "flatten.singleton.unions=false"}, {"ignore.modern.dialects=true"}};

  static JsonSchemaData data(String[] options) {
    Map<String, Object> config = new HashMap<>();
    for (String option : options) config.put(option.split("=")[0], option.split("=")[1]);
    return new JsonSchemaData(new JsonSchemaDataConfig(config));
  }

  static ObjectNode plain;  // the answer to the same question without options
  static int same = 0;

  // Options that change nothing are told now and then only.
  static void print(ObjectNode line) throws Exception {
    ObjectNode answer = line.deepCopy();
    answer.remove("options");
    if (line.get("options").size() == 0) {
      plain = answer;
    } else if (answer.equals(plain) && ++same % 20 != 0) {
      return;
    }
    System.out.println(JSON.writeValueAsString(line));
  }

  static ObjectNode line(String question, String[] options) {
    ObjectNode line = JSON.createObjectNode();
    line.put("question", question);
    line.set("options", JSON.valueToTree(options));
    return line;
  }

  static String text(Throwable error) {
    while (error.getCause() != null) error = error.getCause();
    return String.valueOf(error.getMessage());
  }

  // Connect -> JSON Schema: the schema's text, and the record's.
  static void from(Schema schema, Object value) throws Exception {
    String envelope;
    try {
      envelope = new String(ENVELOPE.fromConnectData("t", schema, value), StandardCharsets.UTF_8);
    } catch (Exception unwritable) {
      return;  // no way to tell it
    }
    for (String[] options : FROM_OPTIONS) {
      ObjectNode line = line("from", options);
      line.put("connect", envelope);
      try {
        JsonSchemaData data = data(options);
        line.put("schema", data.fromConnectSchema(schema).canonicalString());
        JsonNode payload = data.fromConnectData(schema, value);
        if (payload != null) line.put("payload", new String(JSON.writeValueAsBytes(payload), StandardCharsets.UTF_8));
      } catch (Exception error) {
        line.put("class", error.getClass().getName());
        line.put("error", text(error));
      }
      print(line);
    }
  }

  // JSON Schema -> Connect: what JsonConverter makes of it; or the schema (where it can be told) and the value's text,
  // where that refuses it.
  static void to(String schema, String... payloads) throws Exception {
    for (String payload : payloads) {
      for (String[] options : TO_OPTIONS) {
        ObjectNode line = line("to", options);
        line.put("schema", schema);
        line.put("payload", payload);
        Schema made = null;
        try {
          made = data(options).toConnectSchema(new JsonSchema(schema).copy(3));
          try {
            line.put("made", JSON.writeValueAsString(ENVELOPE.asJsonSchema(made)));
          } catch (Exception untellable) {
            // a default that JsonConverter refuses
          }
          JsonNode node = JSON.readTree(payload.getBytes(StandardCharsets.UTF_8));
          Object value = data(options).toConnectData(made, node);
          try {
            line.put("connect", new String(ENVELOPE.fromConnectData("t", made, value), StandardCharsets.UTF_8));
          } catch (Exception unwritable) {
            line.put("text", String.valueOf(value));
          }
        } catch (StackOverflowError recursion) {
          continue;  // here a schema has no end
        } catch (Exception error) {
          line.put("class", error.getClass().getName());
          line.put("error", text(error));
        }
        print(line);
      }
    }
  }

  static void valid(String schema, String... payloads) throws Exception {
    JsonSchema parsed = new JsonSchema(schema);
    for (String payload : payloads) {
      ObjectNode line = line("valid", new String[0]);
      line.put("schema", schema);
      line.put("payload", payload);
      try {
        parsed.validate(JSON.readTree(payload));
        line.put("valid", true);
      } catch (Exception error) {
        line.put("valid", false);
      }
      print(line);
    }
  }

  static void compatible(String... schemas) throws Exception {
    for (String original : schemas) {
      for (String update : schemas) {
        ObjectNode line = line("compatible", new String[0]);
        line.put("schema", original);
        line.put("reader", update);
        List<String> why = new JsonSchema(update).isBackwardCompatible(new JsonSchema(original));
        line.put("compatible", why.isEmpty());
        print(line);
      }
    }
  }

  static final Map<Schema.Type, Object[]> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put(Schema.Type.BOOLEAN, new Object[] {true, false});
    VALUES.put(Schema.Type.INT8, new Object[] {(byte) 0, (byte) -128, (byte) 127});
    VALUES.put(Schema.Type.INT16, new Object[] {(short) 1, Short.MIN_VALUE, Short.MAX_VALUE});
    VALUES.put(Schema.Type.INT32, new Object[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE});
    VALUES.put(Schema.Type.INT64, new Object[] {0L, -8193L, Long.MIN_VALUE, Long.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT32, new Object[] {1.0f, 0.0f, -1.5f, 0.1f, 1e10f, Float.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT64, new Object[] {100.0, 0.0, 3.25, 0.1, 1e-7, -1e300, 12345678.9});
    VALUES.put(Schema.Type.STRING, new Object[] {"a\"\\/\u0001</b>", "", "abc", "\u00e9\u20ac\ud83d\ude00\u2028", "x".repeat(200)});
    VALUES.put(Schema.Type.BYTES, new Object[] {ByteBuffer.wrap(new byte[] {5, 6}), ByteBuffer.wrap(new byte[0]), ByteBuffer.wrap(new byte[] {0, -1, 65, (byte) 0x80})});
  }

  static void primitives() throws Exception {
    for (Map.Entry<Schema.Type, Object[]> one : VALUES.entrySet()) {
      Object[] values = one.getValue();
      Object first = values[values.length - 1];
      for (Object value : values) {
        from(SchemaBuilder.type(one.getKey()).build(), value);
        Schema defaulted = SchemaBuilder.struct().field("f", SchemaBuilder.type(one.getKey()).defaultValue(value).build()).build();
        from(defaulted, new Struct(defaulted).put("f", value));
      }
      from(SchemaBuilder.type(one.getKey()).optional().build(), first);
      from(SchemaBuilder.type(one.getKey()).optional().build(), null);
      from(SchemaBuilder.type(one.getKey()).optional().defaultValue(values[0]).build(), first);
      from(SchemaBuilder.type(one.getKey()).optional().defaultValue(values[0]).build(), null);
      from(SchemaBuilder.type(one.getKey()).name("com.example.Named").version(3).doc("what it is").parameter("a", "b").parameter("c", "d").parameter("io.confluent.connect.json.x", "y").build(), first);
      from(SchemaBuilder.type(one.getKey()).name("Named").optional().version(3).build(), first);
      Schema[] fields = {
        SchemaBuilder.type(one.getKey()).build(), SchemaBuilder.type(one.getKey()).optional().build(),
        SchemaBuilder.type(one.getKey()).defaultValue(values[0]).build(),
        SchemaBuilder.type(one.getKey()).optional().defaultValue(values[0]).doc("d").version(1).build()
      };
      for (Schema field : fields) {
        Schema struct = SchemaBuilder.struct().name("com.example.Outer").version(2).doc("outer").field("f", field).field("g", Schema.OPTIONAL_INT32_SCHEMA).build();
        from(struct, new Struct(struct).put("f", first).put("g", 7));
        if (field.isOptional()) from(struct, new Struct(struct));
        from(SchemaBuilder.array(field).build(), Arrays.asList(first, values[0], first));
        if (field.isOptional()) from(SchemaBuilder.array(field).build(), Arrays.asList(first, null));
        from(SchemaBuilder.map(Schema.STRING_SCHEMA, field).build(), Collections.singletonMap("k", first));
        from(SchemaBuilder.map(Schema.OPTIONAL_STRING_SCHEMA, field).optional().build(), Collections.singletonMap("k", first));
        from(SchemaBuilder.map(field, field).build(), Collections.singletonMap(first, values[0]));
        from(SchemaBuilder.map(field, Schema.INT32_SCHEMA).name("com.example.Entry").build(), Collections.singletonMap(first, 5));
      }
    }
  }

  static void logical() throws Exception {
    java.util.Date day = new java.util.Date(86400000L * 19000), time = new java.util.Date(3600001), instant = new java.util.Date(1700000000123L);
    Object[][] cases = {
      {Date.builder(), day}, {Time.builder(), time}, {Timestamp.builder(), instant}, {Timestamp.builder(), new java.util.Date(-1)},
      {Decimal.builder(2), new BigDecimal("12.34")}, {Decimal.builder(0), new BigDecimal("-129")}, {Decimal.builder(70), new BigDecimal(BigInteger.ONE, 70)},
      {Decimal.builder(-2), new BigDecimal(BigInteger.TEN, -2)}, {Decimal.builder(2).parameter("connect.decimal.precision", "10"), new BigDecimal("0.05")},
      {Decimal.builder(30), new BigDecimal(new BigInteger("-98765432109876543210987654321"), 30)},
    };
    for (Object[] one : cases) {
      Schema plain = ((SchemaBuilder) one[0]).build();
      from(plain, one[1]);
      Schema optional = new SchemaBuilder(plain.type()).name(plain.name()).version(plain.version()).parameters(plain.parameters() == null ? new HashMap<>() : plain.parameters()).optional().build();
      from(optional, one[1]);
      from(optional, null);
      Schema struct = SchemaBuilder.struct().name("L").field("a", plain).field("b", optional).build();
      from(struct, new Struct(struct).put("a", one[1]).put("b", one[1]));
      from(struct, new Struct(struct).put("a", one[1]));
      SchemaBuilder defaulted = new SchemaBuilder(plain.type()).name(plain.name()).version(plain.version());
      if (plain.parameters() != null) defaulted.parameters(plain.parameters());
      Schema with = SchemaBuilder.struct().name("L").field("a", defaulted.defaultValue(one[1]).build()).build();
      from(with, new Struct(with).put("a", one[1]));
    }
  }

  static void structs() throws Exception {
    Schema inner = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).field("y", Schema.OPTIONAL_STRING_SCHEMA).build();
    Schema innerOptional = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).field("y", Schema.OPTIONAL_STRING_SCHEMA).optional().build();
    Struct one = new Struct(inner).put("x", 5L).put("y", "five");
    Struct two = new Struct(innerOptional).put("x", 6L);
    from(inner, one);
    from(innerOptional, two);
    from(innerOptional, null);
    Schema unnamed = SchemaBuilder.struct().field("a", inner).field("b", inner).field("c", SchemaBuilder.array(inner).build()).build();
    from(unnamed, new Struct(unnamed).put("a", one).put("b", one).put("c", Arrays.asList(one, one)));
    Schema both = SchemaBuilder.struct().name("com.example.Both").field("a", inner).field("b", innerOptional).build();
    from(both, new Struct(both).put("a", one).put("b", two));
    from(both, new Struct(both).put("a", one));
    Schema elsewhere = SchemaBuilder.struct().name("org.other.Thing").field("i", inner).field("j", SchemaBuilder.map(Schema.STRING_SCHEMA, innerOptional).optional().build()).build();
    from(elsewhere, new Struct(elsewhere).put("i", one).put("j", Collections.singletonMap("k", two)));
    from(elsewhere, new Struct(elsewhere).put("i", one).put("j", Collections.singletonMap("k", null)));
    Schema empty = SchemaBuilder.struct().name("Empty").build();
    from(empty, new Struct(empty));
    from(SchemaBuilder.array(SchemaBuilder.array(Schema.INT32_SCHEMA).optional().build()).build(), Arrays.asList(Arrays.asList(1, 2), null, Collections.emptyList()));
    from(SchemaBuilder.array(Schema.STRING_SCHEMA).defaultValue(Arrays.asList("a", "b")).build(), Arrays.asList("c"));
    Schema lists = SchemaBuilder.struct().name("Lists").field("l", SchemaBuilder.array(Schema.FLOAT64_SCHEMA).defaultValue(Arrays.asList(1.0, 2.5)).build())
        .field("m", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA).defaultValue(Collections.singletonMap("k", 2)).build())
        .field("i", SchemaBuilder.struct().field("zeta", Schema.INT32_SCHEMA).field("alpha", Schema.STRING_SCHEMA).field("n", Schema.OPTIONAL_INT8_SCHEMA).build()).build();
    from(lists, new Struct(lists).put("l", Arrays.asList(4.0, 5.0)).put("i", new Struct(lists.field("i").schema()).put("zeta", 1).put("alpha", "a")));
    // Order: by Java's hashes, with collisions ("Aa" and "BB"), and more fields than a small table holds.
    SchemaBuilder many = SchemaBuilder.struct().name("Many").optional().field("BB", Schema.INT32_SCHEMA).field("Aa", Schema.INT32_SCHEMA);
    for (int i = 0; i < 40; ++i) {
      many.field("field_" + i, i % 3 == 0 ? Schema.OPTIONAL_STRING_SCHEMA : Schema.STRING_SCHEMA);
      if (i == 3 || i == 10 || i == 11 || i == 22 || i == 39) from(many.build(), null);
    }
    SchemaBuilder marked = SchemaBuilder.int32();
    for (int i = 0; i < 30; ++i) {
      marked.parameter("p" + i + (i % 2 == 0 ? "Aa" : "BB"), "v" + i);
      if (i < 6 || i == 12 || i == 13 || i == 29) from(SchemaBuilder.array(marked.build()).build(), Arrays.asList(1));
    }
    String name = "io.confluent.connect.json.Enum";
    SchemaBuilder suit = SchemaBuilder.string().name("com.example.Suit").parameter(name, "").parameter(name + ".HEARTS", "HEARTS").parameter(name + ".SPADES", "SPADES");
    from(suit.build(), "SPADES");
    from(suit.parameter(name + ".<NULL>", "<NULL>").parameter(name + ".1", "1").optional().build(), null);
    name = "org.apache.kafka.connect.data.Enum";
    Schema general = SchemaBuilder.string().parameter(name, "Suit").parameter(name + ".A", "0").parameter(name + ".B", "1").parameter(name + ".<NULL>", "2").build();
    from(general, "B");
    Schema cards = SchemaBuilder.struct().field("s", general).field("t", SchemaBuilder.string().parameter(name, "").parameter(name + ".X", "0").optional().build()).build();
    from(cards, new Struct(cards).put("s", "A").put("t", "X"));
    unions(innerOptional, two);
    Schema id = SchemaBuilder.struct().name("Node").parameter("io.confluent.connect.json.Id", "#id1").field("v", Schema.INT32_SCHEMA).build();
    Schema twice = SchemaBuilder.struct().name("Twice").field("a", id).field("b", id).field("c", SchemaBuilder.array(id).build()).field("d", SchemaBuilder.struct().name("Node").parameter("io.confluent.connect.json.Id", "#id2").field("v", Schema.INT32_SCHEMA).optional().build()).build();
    Struct node = new Struct(id).put("v", 1);
    from(twice, new Struct(twice).put("a", node).put("b", node).put("c", Arrays.asList(node)));
  }

  static void unions(Schema inner, Struct two) throws Exception {
    for (String prefix : new String[] {"io.confluent.connect.json.OneOf.field.", "connect_union_field_"}) {
      boolean general = prefix.startsWith("connect");
      for (boolean optional : new boolean[] {false, true}) {
        SchemaBuilder builder = SchemaBuilder.struct().field(prefix + 0, Schema.OPTIONAL_INT32_SCHEMA).field(prefix + 1, Schema.OPTIONAL_STRING_SCHEMA).field(prefix + 2, inner)
            .field(prefix + 3, SchemaBuilder.array(Schema.INT8_SCHEMA).optional().build()).field(prefix + 4, SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT8_SCHEMA).optional().build());
        if (general) builder.name("connect_union_0").parameter("org.apache.kafka.connect.data.Union", "connect_union_0");
        if (!general) builder.name("io.confluent.connect.json.OneOf");
        if (optional) builder.optional();
        Schema union = builder.build();
        Schema holder = SchemaBuilder.struct().name("com.example.Unions").field("u", union).field("v", union).build();
        Object[] values = {4, "four", two, Arrays.asList((byte) 1), Collections.singletonMap("k", (byte) 2)};
        for (int i = 0; i < values.length; ++i) {
          Struct member = new Struct(union).put(prefix + i, values[i]);
          from(union, member);
          from(holder, new Struct(holder).put("u", member).put("v", member));
          if (optional) from(holder, new Struct(holder).put("u", member));
        }
        from(holder, new Struct(holder).put("u", new Struct(union)).put("v", new Struct(union)));
      }
    }
  }

  static final String INT8 = "{\"type\":\"integer\",\"connect.type\":\"int8\"}";

  static void schemas() throws Exception {
    String[] scalars = {"1", "300", "-1.9", "12345678901234567890", "1e3", "\"text\"", "\"AQI=\"", "\"!\"", "true", "null", "[1,2]", "{\"a\":1}", "{}", "[]"};
    for (String type : new String[] {"integer", "number", "string", "boolean", "null"}) {
      to("{\"type\":\"" + type + "\"}", scalars);
      to("{\"type\":[\"null\",\"" + type + "\"]}", "null", "1");
      to("{\"type\":\"" + type + "\",\"title\":\"T\",\"description\":\"d\",\"connect.version\":7,\"connect.parameters\":{\"k\":\"v\",\"a\":\"b\"}}", "1");
    }
    for (String type : new String[] {"int8", "int16", "int32", "int64", "float32", "float64", "bytes", "map", "other"}) {
      to("{\"type\":\"integer\",\"connect.type\":\"" + type + "\"}", "1", "300", "70000.5", "\"x\"");
      to("{\"type\":\"number\",\"connect.type\":\"" + type + "\"}", "1", "1.5", "3e40", "null");
      to("{\"type\":\"string\",\"connect.type\":\"" + type + "\"}", "\"AQI=\"", "\"?\"", "5", "[]");
    }
    for (String name : new String[] {"Date", "Time"}) {
      to("{\"type\":\"integer\",\"title\":\"org.apache.kafka.connect.data." + name + "\",\"connect.type\":\"int32\",\"connect.version\":1}", "5", "-5", "1.0", "\"5\"", "3000000000", "90000000", "null");
    }
    to("{\"type\":\"integer\",\"title\":\"org.apache.kafka.connect.data.Timestamp\",\"connect.type\":\"int64\",\"connect.version\":1}", "5", "-5", "1.5", "\"5\"", "3000000000");
    String decimal = "\"title\":\"org.apache.kafka.connect.data.Decimal\",\"connect.type\":\"bytes\",\"connect.version\":1,\"connect.parameters\":{\"scale\":\"2\"}";
    for (String type : new String[] {"string", "number"}) {
      to("{\"type\":\"" + type + "\"," + decimal + "}", "\"BNI=\"", "12.34", "12.345", "1e3", "\"\"", "\"x\"", "true", "null");
      to("{\"type\":\"object\",\"properties\":{\"d\":{\"type\":\"" + type + "\"," + decimal + ",\"default\":" + (type.equals("string") ? "\"BNI=\"" : "5.5") + "}}}", "{}", "{\"d\":null}", "{\"d\":1.25}");
    }
    to("{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "[1,2]", "[]", "3", "{\"a\":1}", "[null]", "[[1]]");
    to("{\"type\":\"array\"}", "[1]");
    to("{\"type\":\"array\",\"items\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}", "[1,\"a\"]");
    to("{\"type\":\"array\",\"items\":{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}}", "[\"a\",null]", "[1]");
    to("{\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":" + INT8 + "}", "{\"a\":1,\"b\":300}", "[]", "{}", "null");
    to("{\"type\":\"object\",\"connect.type\":\"map\"}", "{}");
    to("{\"type\":\"array\",\"connect.type\":\"map\",\"items\":{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"integer\",\"connect.index\":0},\"value\":{\"type\":\"string\",\"connect.index\":1}}}}",
        "[{\"key\":1,\"value\":\"a\"},{\"key\":2,\"value\":\"b\"}]", "[{\"key\":1}]", "[1]", "{}", "[{\"key\":1,\"value\":\"a\"},{\"key\":1,\"value\":\"c\"}]");
    objects();
    combined();
    references();
    enums();
    defaults();
    modern();
    missing();
  }

  static void objects() throws Exception {
    to("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\"},\"in\":{\"type\":\"object\",\"title\":\"In\",\"properties\":{\"x\":{\"type\":\"number\"}}}},\"required\":[\"name\"]}",
        "{\"name\":\"a\",\"age\":4,\"in\":{\"x\":1.5}}", "{\"name\":\"a\",\"more\":[1]}", "{\"age\":null}", "{\"in\":[]}", "[]", "null", "{\"name\":5}");
    to("{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\",\"connect.index\":0},\"a\":{\"type\":\"string\",\"connect.index\":1},\"c\":{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"string\"}],\"connect.index\":2}}}", "{\"a\":\"1\",\"b\":\"2\",\"c\":null}");
    to("{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\",\"connect.index\":1},\"a\":{\"type\":\"string\"},\"z\":{\"type\":\"string\",\"connect.index\":0},\"y\":{\"type\":\"string\"}}}", "{\"a\":\"1\",\"b\":\"2\"}");
    StringBuilder many = new StringBuilder("{\"type\":\"object\",\"properties\":{\"BB\":{\"type\":\"string\"},\"Aa\":{\"type\":\"string\"}");
    for (int i = 0; i < 60; ++i) many.append(",\"p" + i + (i % 2 == 0 ? "Aa" : "BB") + "\":{\"type\":\"integer\"}");
    to(many + "}}", "{\"p1BB\":1,\"Aa\":\"x\"}");
    to("{\"type\":\"object\"}", "{}", "{\"a\":1}");
    to("{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":\"x\"}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{}}}", "{}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"not\":{\"type\":\"string\"}}}}", "{}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"minLength\":2,\"pattern\":\"^a\",\"format\":\"date\"}},\"additionalProperties\":false,\"patternProperties\":{\"^x\":{\"type\":\"integer\"}}}", "{\"a\":\"x\"}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"title\":\"T\",\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"a\"]}}", "{\"a\":\"x\"}");
    to("{\"type\":\"object\",\"title\":5}", "{}");
    to("{\"type\":\"wrong\"}", "{}");
    to("{\"type\":\"object\",\"properties\":[]}", "{}");
    to("true", "1");
    to("{}", "1");
    to("[]", "1");
  }

  static void combined() throws Exception {
    String object = "{\"type\":\"object\",\"title\":\"O\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"integer\"}}}";
    String other = "{\"type\":\"object\",\"title\":\"P\",\"properties\":{\"b\":{\"type\":\"integer\"},\"c\":{\"type\":\"object\",\"properties\":{\"d\":{\"type\":\"integer\"}}}}}";
    String[] payloads = {"1", "1.5", "\"s\"", "true", "null", "[1]", "{\"a\":\"x\"}", "{\"b\":1,\"c\":{\"d\":2}}", "{\"z\":1}"};
    for (String key : new String[] {"oneOf", "anyOf"}) {
      to("{\"" + key + "\":[{\"type\":\"string\"},{\"type\":\"integer\"},{\"type\":\"number\"},{\"type\":\"boolean\"}]}", payloads);
      to("{\"" + key + "\":[{\"type\":\"null\"},{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}]}", payloads);
      to("{\"" + key + "\":[" + object + "," + other + "]}", payloads);
      to("{\"" + key + "\":[{\"type\":\"null\"}," + object + "]}", payloads);
      to("{\"" + key + "\":[{\"type\":\"null\"}," + object + "," + other + "],\"title\":\"U\",\"description\":\"a union\"}", payloads);
      to("{\"" + key + "\":[{\"type\":\"string\"}]}", payloads);
      to("{\"" + key + "\":[]}", payloads);
      to("{\"type\":\"object\",\"properties\":{\"u\":{\"" + key + "\":[{\"type\":\"string\"},{\"type\":\"integer\"}]},\"v\":{\"" + key + "\":[{\"type\":\"boolean\"},{\"type\":\"null\"},{\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":" + INT8 + "}]}}}",
          "{\"u\":1,\"v\":{\"k\":3}}", "{\"u\":\"x\"}", "{\"u\":1.5}", "{\"v\":null}");
    }
    to("{\"oneOf\":[{\"type\":\"string\",\"connect.type\":\"bytes\"},{\"type\":\"integer\"}]}", "\"AQI=\"", "1.5", "2");
    to("{\"allOf\":[" + object + "," + other + "]}", "{\"a\":\"x\",\"b\":1,\"c\":{\"d\":5}}", "{}");
    to("{\"allOf\":[" + object + ",{\"required\":[\"a\"]}],\"title\":\"All\"}", "{\"a\":\"x\"}");
    to("{\"allOf\":[{\"type\":\"string\"},{\"const\":\"a\"}]}", "\"a\"");
    to("{\"allOf\":[{\"type\":\"integer\"},{\"enum\":[1,2]}]}", "1");
    to("{\"allOf\":[{\"type\":\"string\"},{\"enum\":[\"a\"]}]}", "\"a\"");
    to("{\"allOf\":[{\"type\":\"string\"},{\"minLength\":3}]}", "\"a\"");
    to("{\"allOf\":[{\"type\":\"string\",\"format\":\"date\"},{\"minLength\":3}]}", "\"a\"");
    to("{\"allOf\":[{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"integer\"}]},{\"type\":\"string\"}]}", "1");
    to("{\"type\":\"object\",\"oneOf\":[" + object + "," + other + "]}", "{\"a\":\"x\"}");
    to("{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}},\"anyOf\":[{\"required\":[\"q\"]},{\"required\":[\"r\"]}]}", "{\"q\":\"x\"}");
    to("{\"type\":[\"string\",\"integer\",\"null\"]}", "1", "\"a\"", "null");
    to("{\"type\":[\"string\"]}", "\"a\"");
  }

  static void references() throws Exception {
    String point = "{\"type\":\"object\",\"title\":\"Point\",\"properties\":{\"x\":{\"type\":\"integer\"}}}";
    for (String bucket : new String[] {"definitions", "$defs"}) {
      String ref = "{\"$ref\":\"#/" + bucket + "/P\"}";
      to("{\"type\":\"object\",\"properties\":{\"a\":" + ref + ",\"b\":{\"type\":\"array\",\"items\":" + ref + "},\"c\":{\"oneOf\":[{\"type\":\"null\"}," + ref + "]}},\"" + bucket + "\":{\"P\":" + point + "}}",
          "{\"a\":{\"x\":1},\"b\":[{\"x\":2}],\"c\":{\"x\":3}}", "{\"c\":null}");
      to("{\"$ref\":\"#/" + bucket + "/P\",\"" + bucket + "\":{\"P\":" + point + "}}", "{\"x\":1}");
    }
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/P\"}},\"definitions\":{\"P\":" + point + "}}", "{\"a\":{\"x\":1}}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/S\",\"connect.index\":1,\"title\":\"no\"},\"b\":{\"$ref\":\"#/definitions/S\",\"connect.index\":0}},\"definitions\":{\"S\":{\"type\":\"string\",\"title\":\"S\"}}}", "{\"a\":\"1\",\"b\":\"2\"}");
    to("{\"$id\":\"http://example.com/root.json\",\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/S\"},\"b\":{\"$ref\":\"root.json#/definitions/S\"}},\"definitions\":{\"S\":{\"type\":\"string\"}}}", "{\"a\":\"1\"}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#name\"}},\"definitions\":{\"S\":{\"$id\":\"#name\",\"type\":\"string\"}}}", "{\"a\":\"1\"}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/none\"}}}", "{}");
    to("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/a~1b%20c\"}},\"definitions\":{\"a/b c\":{\"type\":\"string\"}}}", "{\"a\":\"1\"}");
    to("{\"allOf\":[{\"$ref\":\"#/definitions/P\"},{\"type\":\"object\",\"properties\":{\"y\":{\"type\":\"integer\"}},\"required\":[\"y\"]}],\"definitions\":{\"P\":" + point + "}}", "{\"x\":1,\"y\":2}");
    to("{\"allOf\":[{\"$ref\":\"#/definitions/S\"},{\"minLength\":1}],\"definitions\":{\"S\":{\"type\":\"string\"}}}", "\"a\"");
  }

  static void enums() throws Exception {
    for (String values : new String[] {"[\"a\",\"b\"]", "[\"a\",null,1,1.5,true]", "[1,2]", "[]", "[{\"a\":1}]", "[[1]]"}) {
      to("{\"enum\":" + values + "}", "\"a\"", "1", "null");
      to("{\"type\":\"string\",\"enum\":" + values + ",\"title\":\"E\",\"default\":\"a\"}", "\"a\"", "\"z\"");
      to("{\"type\":\"integer\",\"enum\":" + values + "}", "1");
    }
    for (String value : new String[] {"\"a\"", "1", "null", "true"}) {
      to("{\"const\":" + value + "}", "\"a\"", "1");
      to("{\"type\":\"object\",\"properties\":{\"k\":{\"const\":" + value + ",\"type\":\"string\"},\"e\":{\"enum\":[\"x\"],\"connect.parameters\":{\"p\":\"q\"}}}}", "{\"k\":\"a\",\"e\":\"x\"}");
    }
  }

  static void defaults() throws Exception {
    String[][] cases = {
      {"\"type\":\"integer\"", "5"}, {"\"type\":\"integer\"", "5.5"}, {"\"type\":\"integer\"", "\"x\""}, {"\"type\":\"integer\"", "null"}, {"\"type\":\"string\"", "\"x\""}, {"\"type\":\"string\"", "5"}, {"\"type\":\"boolean\"", "true"},
      {"\"type\":\"number\"", "1e10"}, {"\"type\":\"number\",\"connect.type\":\"float32\"", "0.1"}, {"\"type\":\"string\",\"connect.type\":\"bytes\"", "\"AQI=\""}, {"\"type\":\"array\",\"items\":{\"type\":\"integer\"}", "[1,2]"},
      {"\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":{\"type\":\"integer\"}", "{\"k\":1}"}, {"\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}", "{\"q\":\"z\"}"},
      {"\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}", "[]"}, {"\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]", "1"}, {"\"oneOf\":[{\"type\":\"null\"},{\"type\":\"integer\"}]", "1"},
      {"\"type\":[\"null\",\"string\"]", "null"}, {"\"type\":[\"null\",\"string\"]", "\"x\""},
    };
    for (String[] one : cases) {
      to("{\"type\":\"object\",\"properties\":{\"f\":{" + one[0] + ",\"default\":" + one[1] + "},\"g\":{\"type\":\"string\"}}}", "{}", "{\"f\":null}", "{\"g\":\"x\"}");
    }
  }

  static void modern() throws Exception {
    for (String dialect : new String[] {"https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema", "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://other.org/schema"}) {
      String head = "{\"$schema\":\"" + dialect + "\",";
      to(head + "\"type\":\"object\",\"title\":\"M\",\"description\":\"d\",\"properties\":{\"b\":{\"type\":\"string\",\"connect.index\":0},\"a\":{\"type\":[\"integer\",\"null\"],\"connect.index\":1},\"c\":{\"type\":\"number\",\"default\":1.5}},\"required\":[\"b\"]}", "{\"a\":1,\"b\":\"2\"}", "{\"b\":\"x\"}");
      to(head + "\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/P\"},\"l\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/P\"}}},\"$defs\":{\"P\":{\"type\":\"object\",\"title\":\"P\",\"properties\":{\"x\":{\"type\":\"integer\"}}}}}", "{\"a\":{\"x\":1},\"l\":[{\"x\":2}]}");
      to(head + "\"oneOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}]}", "\"x\"", "{\"a\":1}");
      to(head + "\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}},{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"integer\"}}}]}", "{\"a\":1}");
      to(head + "\"type\":\"string\",\"enum\":[\"a\",\"b\"],\"title\":\"E\"}", "\"a\"");
      to(head + "\"enum\":[\"a\",\"b\"],\"title\":\"E\"}", "\"a\"");
      to(head + "\"type\":\"string\",\"format\":\"date\",\"minLength\":3,\"connect.version\":2,\"connect.parameters\":{\"p\":\"q\"}}", "\"a\"");
      to(head + "\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"integer\"}}", "[\"a\",1]");
      to(head + "\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":1,\"contains\":{\"type\":\"integer\"}}", "[1]");
      to(head + "\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":{\"type\":\"integer\",\"connect.type\":\"int32\"}}", "{\"a\":1}");
      to(head + "\"properties\":{\"n\":{\"type\":\"integer\",\"exclusiveMinimum\":5,\"maximum\":9}},\"dependentRequired\":{\"a\":[\"n\"]}}", "{\"n\":1}");
      to(head + "\"const\":\"x\"}", "\"x\"");
    }
  }

  // Members that are missing though their fields are required: Struct.put refuses what holds such a struct, at any depth; the
  // struct, list or map that is the record itself is not put anywhere.
  static void missing() throws Exception {
    String in = "{\"type\":\"object\",\"title\":\"In\",\"properties\":{\"a\":{\"type\":\"string\",\"connect.index\":0},\"b\":{\"type\":\"integer\",\"connect.index\":1},\"d\":{\"type\":\"integer\",\"default\":7,\"connect.index\":2}}}";
    String map = "{\"type\":\"object\",\"connect.type\":\"map\",\"additionalProperties\":" + in + "}";
    String pairs = "{\"type\":\"array\",\"connect.type\":\"map\",\"items\":{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"integer\",\"connect.index\":0},\"value\":" + in.replace("\"title\"", "\"connect.index\":1,\"title\"") + "}}}";
    String[] ins = {"{}", "{\"a\":\"x\"}", "{\"b\":1}", "{\"a\":\"x\",\"b\":1}", "{\"a\":5,\"b\":1}", "{\"a\":\"x\",\"b\":1,\"d\":null}"};
    to(in, ins);
    for (String one : ins) {
      to("{\"type\":\"array\",\"items\":" + in + "}", "[" + one + "]");
      to(map, "{\"k\":" + one + "}");
      to(pairs, "[{\"key\":1,\"value\":" + one + "}]", "[{\"x\":1,\"value\":" + one + "}]");
      to("{\"type\":\"object\",\"properties\":{\"in\":" + in + "}}", "{\"in\":" + one + "}");
      to("{\"type\":\"object\",\"properties\":{\"l\":{\"type\":\"array\",\"items\":" + in + "}}}", "{\"l\":[" + one + "]}");
      to("{\"type\":\"object\",\"properties\":{\"m\":" + map + "}}", "{\"m\":{\"k\":" + one + "}}");
      to("{\"type\":\"object\",\"properties\":{\"p\":" + pairs + "}}", "{\"p\":[{\"key\":1,\"value\":" + one + "}]}", "{\"p\":[{\"x\":1,\"value\":" + one + "}]}");
      to("{\"type\":\"object\",\"properties\":{\"u\":{\"oneOf\":[{\"type\":\"integer\"}," + in + "]}}}", "{\"u\":" + one + "}");
      to("{\"type\":\"object\",\"properties\":{\"o\":{\"type\":\"object\",\"title\":\"Out\",\"properties\":{\"in\":" + in + "}},\"n\":{\"type\":\"integer\"}}}", "{\"o\":{\"in\":" + one + "}}", "{\"o\":{}}", "{\"o\":{\"in\":" + one + "},\"n\":[]}");
    }
    to("{\"type\":\"object\",\"properties\":{\"in\":" + in + ",\"l\":{\"type\":\"array\",\"items\":" + in + "}}}", "{\"in\":{},\"l\":[{}]}", "{\"l\":[{}]}", "{}");
    to("{\"type\":\"object\",\"properties\":{\"l\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}", "{\"l\":[\"a\",5]}", "{\"l\":[null]}");
    to("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[\"a\",5]");
    to("{\"oneOf\":[{\"type\":\"array\",\"items\":{\"type\":\"string\"}},{\"type\":\"integer\"}]}", "[\"a\",5]");
  }

  static void validation() throws Exception {
    String[] all = {"1", "1.0", "1.5", "-3", "12345678901234567890", "\"\"", "\"abc\"", "\"h\u00e9\ud83d\ude00\"", "\"2020-01-02\"", "true", "null", "[]", "[1,2,2]", "[1,\"a\",null]", "{}", "{\"a\":1}", "{\"a\":\"x\",\"b\":[1]}", "{\"xa\":5,\"b\":2}"};
    String[] schemas = {
      "\"type\":\"integer\"", "\"type\":\"number\"", "\"type\":\"string\"", "\"type\":\"boolean\"", "\"type\":\"null\"", "\"type\":\"array\"", "\"type\":\"object\"", "\"type\":[\"string\",\"null\"]",
      "\"minimum\":1,\"maximum\":1.5", "\"exclusiveMinimum\":1", "\"exclusiveMaximum\":1.5", "\"multipleOf\":0.5", "\"type\":\"number\",\"multipleOf\":3", "\"minLength\":3", "\"maxLength\":3", "\"pattern\":\"b\"", "\"pattern\":\"^a.c$\"",
      "\"minItems\":1,\"maxItems\":2", "\"uniqueItems\":true", "\"items\":{\"type\":\"integer\"}", "\"items\":[{\"type\":\"integer\"}],\"additionalItems\":{\"type\":\"integer\"}", "\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false", "\"contains\":{\"type\":\"string\"}",
      "\"required\":[\"a\"]", "\"properties\":{\"a\":{\"type\":\"integer\"}}", "\"properties\":{\"a\":{\"type\":\"integer\"}},\"additionalProperties\":false", "\"additionalProperties\":{\"type\":\"integer\"}", "\"patternProperties\":{\"^x\":{\"type\":\"string\"}},\"additionalProperties\":true", "\"propertyNames\":{\"pattern\":\"^a\"}",
      "\"minProperties\":1,\"maxProperties\":1", "\"dependencies\":{\"a\":[\"b\"],\"b\":{\"required\":[\"xa\"]}}", "\"enum\":[1,\"abc\",null,[1,2,2],{\"a\":1}]", "\"const\":{\"a\":1}", "\"const\":1", "\"const\":null", "\"not\":{\"type\":\"integer\"}", "\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]",
      "\"anyOf\":[{\"type\":\"integer\"},{\"minLength\":3}]", "\"allOf\":[{\"type\":\"string\"},{\"minLength\":3}]", "\"if\":{\"type\":\"integer\"},\"then\":{\"minimum\":0},\"else\":{\"type\":\"string\"}", "\"$ref\":\"#/definitions/i\",\"definitions\":{\"i\":{\"type\":\"integer\"}}", "\"properties\":{\"a\":true,\"b\":false}",
      "\"type\":\"object\",\"properties\":{\"c\":{\"$ref\":\"#\"},\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]",
    };
    for (String schema : schemas) {
      valid("{" + schema + "}", all);
      valid("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"," + schema.replace("\"items\":[", "\"prefixItems\":[").replace("additionalItems", "items").replace("\"dependencies\"", "\"x\"") + "}", all);
    }
    valid("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"minimum\":1,\"exclusiveMinimum\":true,\"maximum\":3,\"exclusiveMaximum\":false}", "1", "2", "3", "4");
    valid("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"dependentRequired\":{\"a\":[\"b\"]},\"dependentSchemas\":{\"b\":{\"required\":[\"c\"]}},\"contains\":{\"type\":\"integer\"},\"minContains\":2,\"maxContains\":3}", "{\"a\":1}", "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":1,\"c\":1}", "[1]", "[1,2]", "[1,2,3,4]", "[1,\"a\",2]");
    String[] texts = {"2020-01-02", "2020-02-30", "2020-1-2", "10:20:30Z", "10:20:30", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123+01:00", "2020-01-02 03:04:05Z", "a@b.c", "a@b", "@b.c", "1.2.3.4", "1.2.3.256", "::1", "1::2::3", "fe80::1.2.3.4", "example.com", "-x.y", "a_b", "http://a.b/c?d#e", "/rel/path", "a b", "/a/b~0c", "/a~2", "0/a", "[a-z", "a+", "{x}/y", "", "http://[::1]:80/", "urn:isbn:1"};
    for (String format : new String[] {"date", "time", "date-time", "email", "ipv4", "ipv6", "hostname", "uri", "uri-reference", "json-pointer", "relative-json-pointer", "regex", "unknown"}) {
      String[] quoted = new String[texts.length];
      for (int i = 0; i < texts.length; ++i) quoted[i] = "\"" + texts[i] + "\"";
      valid("{\"type\":\"string\",\"format\":\"" + format + "\"}", quoted);
    }
  }

  static void compatibility() throws Exception {
    compatible("{\"type\":\"integer\"}", "{\"type\":\"number\"}", "{\"type\":\"string\"}", "{\"type\":[\"string\",\"null\"]}", "{}", "{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"integer\"}]}", "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"},{\"type\":\"null\"}]}",
        "{\"type\":\"string\",\"title\":\"a\",\"default\":\"x\"}", "{\"allOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}", "{\"type\":\"boolean\"}", "{\"not\":{\"type\":\"integer\"}}", "{\"not\":{\"type\":\"number\"}}", "{\"type\":\"number\",\"connect.type\":\"bytes\"}", "{\"type\":\"string\",\"connect.type\":\"bytes\"}", "true", "false");
    compatible("{\"type\":\"string\",\"minLength\":1}", "{\"type\":\"string\",\"minLength\":2,\"maxLength\":5}", "{\"type\":\"string\",\"maxLength\":9}", "{\"type\":\"string\",\"pattern\":\"a\"}", "{\"type\":\"string\",\"pattern\":\"b\"}", "{\"type\":\"string\"}");
    compatible("{\"type\":\"number\",\"minimum\":1}", "{\"type\":\"number\",\"minimum\":0,\"maximum\":5}", "{\"type\":\"number\",\"exclusiveMinimum\":1}", "{\"type\":\"number\",\"exclusiveMaximum\":7,\"maximum\":7}", "{\"type\":\"integer\",\"maximum\":9}", "{\"type\":\"number\",\"multipleOf\":2}", "{\"type\":\"number\",\"multipleOf\":4}", "{\"type\":\"number\",\"multipleOf\":3}", "{\"type\":\"number\"}");
    compatible("{\"enum\":[\"a\"]}", "{\"enum\":[\"a\",\"b\"]}", "{\"enum\":[\"b\",\"a\"]}", "{\"enum\":[\"c\"]}", "{\"const\":\"a\"}", "{\"const\":\"b\"}");
    String a = "\"a\":{\"type\":\"string\"}", b = "\"b\":{\"type\":\"integer\"}", closed = ",\"additionalProperties\":false", text = ",\"additionalProperties\":{\"type\":\"string\"}";
    compatible(object(a, ""), object(a + "," + b, ""), object(a, closed), object(a + "," + b, closed), object(a, text), object(a + "," + b, text), object(a + ",\"b\":{}", ""), object(a, ",\"required\":[\"a\"]"), object(a + "," + b, closed + ",\"required\":[\"b\"]"),
        object(a + ",\"b\":{\"type\":\"integer\",\"default\":1}", closed + ",\"required\":[\"b\"]"), object(a + ",\"b\":false", ""), object(a, ",\"patternProperties\":{\"^b\":{\"type\":\"integer\"}}"), object(a, ",\"minProperties\":1"), object(a, ",\"maxProperties\":3,\"minProperties\":2"), object("\"a\":{\"type\":\"integer\"}", ""),
        object(a, ",\"dependencies\":{\"a\":[\"b\"]}"), object(a, ",\"dependencies\":{\"a\":[\"b\",\"c\"]}"), object(a, ",\"dependencies\":{\"a\":{\"required\":[\"x\"]}}"), "{\"type\":\"object\"}");
    compatible("{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}", "{\"type\":\"array\"}", "{\"type\":\"array\",\"minItems\":1}", "{\"type\":\"array\",\"maxItems\":3,\"uniqueItems\":true}", "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}]}",
        "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"additionalItems\":false}", "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false}", "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":{\"type\":\"string\"}}");
    compatible("{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}", "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}", "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "{\"oneOf\":[{\"type\":\"integer\"}]}", "{\"allOf\":[{\"type\":\"integer\"}]}", "{\"oneOf\":[{\"type\":\"boolean\"},{\"type\":\"null\"}]}", "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"string\"},{\"type\":\"boolean\"}]}", "{\"allOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}", "{\"type\":\"integer\"}");
    String tree = "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"},\"v\":{\"type\":\"%s\"}}%s}";
    compatible(String.format(tree, "integer", ""), String.format(tree, "number", ""), String.format(tree, "integer", closed));
  }

  static String object(String properties, String rest) {
    return "{\"type\":\"object\",\"properties\":{" + properties + "}" + rest + "}";
  }

  public static void main(String[] args) throws Exception {
    ENVELOPE.configure(Map.of("replace.null.with.default", "false"), false);
    primitives();
    logical();
    structs();
    schemas();
    validation();
    compatibility();
  }
}
