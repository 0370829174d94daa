// Asks Confluent's ProtobufData what Connect schemas and values are in Protobuf and the other way round. One JSON object
// a line; runtime/convert/protobuf/testdata/README.md says how to run it.
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.confluent.connect.protobuf.ProtobufData;
import io.confluent.connect.protobuf.ProtobufDataConfig;
import io.confluent.kafka.schemaregistry.protobuf.ProtobufSchema;
import io.confluent.kafka.serializers.protobuf.ProtobufSchemaAndValue;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.json.JsonConverter;

public class JavaProtobuf {
  static final ObjectMapper JSON = new ObjectMapper();
  static final JsonConverter ENVELOPE = new JsonConverter();
  static final String[][] FROM_OPTIONS = {{}, {"optional.for.nullables"}, {"wrapper.for.nullables"}, {"scrub.invalid.names"}, {"generalized.sum.type.support", "ignore.default.for.nullables"}};
  static final String[][] PLAIN = {{}};
  static final String[][] TO_OPTIONS = {{}, {"enhanced.protobuf.schema.support"}, {"optional.for.nullables", "int.for.enums"}, {"wrapper.for.nullables"}, {"-generate.index.for.unions", "-optional.for.proto2"},
    {"flatten.unions", "generalized.sum.type.support"}, {"-wrapper.for.raw.primitives"}, {"generate.struct.for.nulls"}};

  static ProtobufData data(String[] options) {
    Map<String, Object> config = new HashMap<>();
    for (String option : options) config.put(option.replaceFirst("^-", ""), option.startsWith("-") ? "false" : "true");
    return new ProtobufData(new ProtobufDataConfig(config));
  }

  static void print(ObjectNode line) throws Exception {
    System.out.println(JSON.writeValueAsString(line));
  }

  static ObjectNode line(String question) {
    ObjectNode line = JSON.createObjectNode();
    line.put("question", question);
    return line;
  }

  // One line for all options that get the same answer.
  static final Map<ObjectNode, List<String[]>> ANSWERS = new LinkedHashMap<>();

  static void answer(String[] options, ObjectNode line) {
    ANSWERS.computeIfAbsent(line, none -> new ArrayList<>()).add(options);
  }

  static void printAnswers() throws Exception {
    for (Map.Entry<ObjectNode, List<String[]>> one : ANSWERS.entrySet()) {
      one.getKey().set("options", JSON.valueToTree(one.getValue()));
      print(one.getKey());
    }
    ANSWERS.clear();
  }

  static void error(ObjectNode line, Throwable error) {
    line.put("class", error.getClass().getName());
    while (error.getCause() != null) error = error.getCause();
    line.put("error", String.valueOf(error.getMessage()));
  }

  // Connect -> Protobuf: the schema's text, the indexes and the bytes.
  static void from(Schema schema, Object value) throws Exception {
    String envelope;
    try {
      envelope = new String(ENVELOPE.fromConnectData("t", schema, value), StandardCharsets.UTF_8);
    } catch (Exception unwritable) {
      return;  // no way to tell it
    }
    for (String[] options : FROM_OPTIONS) {
      ObjectNode line = line("from");
      line.put("connect", envelope);
      try {
        ProtobufSchemaAndValue made = data(options).fromConnectData(schema, value);
        line.put("schema", made.getSchema().canonicalString());
        if (made.getValue() != null) {
          Message message = (Message) made.getValue();
          line.set("indexes", JSON.valueToTree(made.getSchema().toMessageIndexes(message.getDescriptorForType().getFullName()).indexes()));
          line.put("bytes", Base64.getEncoder().encodeToString(message.toByteArray()));
        }
      } catch (Throwable error) {
        error(line, error);
      }
      answer(options, line);
    }
    printAnswers();
  }

  // Protobuf -> Connect: what JsonConverter makes of it; or the schema and the value's text, where that refuses it.
  static void to(String text, String name, byte[] bytes, String[]... all) throws Exception {
    for (String[] options : all) {
      ObjectNode line = line("to");
      line.put("schema", text);
      line.put("message", name);
      line.put("bytes", Base64.getEncoder().encodeToString(bytes));
      try {
        ProtobufSchema schema = new ProtobufSchema(text).copy(name);
        Message message = DynamicMessage.parseFrom(schema.toDescriptor(), bytes);
        SchemaAndValue made = data(options).toConnectData(schema, message);
        try {
          line.put("connect", new String(ENVELOPE.fromConnectData("t", made.schema(), made.value()), StandardCharsets.UTF_8));
        } catch (Exception unwritable) {
          line.put("made", JSON.writeValueAsString(ENVELOPE.asJsonSchema(made.schema())));
          line.put("text", String.valueOf(made.value()));
        }
      } catch (Throwable error) {
        error(line, error);
      }
      answer(options, line);
    }
    printAnswers();
  }

  static void compatible(String writer, String reader) throws Exception {
    ObjectNode line = line("compatible");
    line.put("schema", writer);
    line.put("reader", reader);
    line.put("compatible", new ProtobufSchema(reader).isBackwardCompatible(new ProtobufSchema(writer)).isEmpty());
    print(line);
  }

  static final Map<Schema.Type, Object[]> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put(Schema.Type.BOOLEAN, new Object[] {false, true});
    VALUES.put(Schema.Type.INT8, new Object[] {(byte) 0, (byte) -128, (byte) 127});
    VALUES.put(Schema.Type.INT16, new Object[] {(short) 0, Short.MIN_VALUE, Short.MAX_VALUE});
    VALUES.put(Schema.Type.INT32, new Object[] {0, -1, 127, 128, Integer.MIN_VALUE, Integer.MAX_VALUE});
    VALUES.put(Schema.Type.INT64, new Object[] {0L, -1L, 8192L, Long.MIN_VALUE, Long.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT32, new Object[] {0.0f, -1.5f, 0.1f, Float.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT64, new Object[] {0.0, 3.25, 0.1, -1e300});
    VALUES.put(Schema.Type.STRING, new Object[] {"", "abc", "\u00e9\u20ac\ud83d\ude00", "x".repeat(200)});
    VALUES.put(Schema.Type.BYTES, new Object[] {new byte[0], new byte[] {0, -1, 65, (byte) 0x80}});
  }

  static void scalars() throws Exception {
    for (Map.Entry<Schema.Type, Object[]> one : VALUES.entrySet()) {
      Object[] values = one.getValue();
      for (Object value : values) from(SchemaBuilder.type(one.getKey()).build(), value);
      Object last = values[values.length - 1];
      from(SchemaBuilder.type(one.getKey()).optional().build(), last);
      from(SchemaBuilder.type(one.getKey()).name("com.example.Named").version(3).build(), last);
      Schema plain = SchemaBuilder.type(one.getKey()).build(), optional = SchemaBuilder.type(one.getKey()).optional().build();
      Schema struct = SchemaBuilder.struct().name("com.example.Outer").version(2).doc("outer").field("f", plain).field("g", optional).field("list", SchemaBuilder.array(plain).build())
        .field("more", SchemaBuilder.array(optional).optional().build()).field("map", SchemaBuilder.map(Schema.STRING_SCHEMA, plain).build()).build();
      for (Object value : values) {
        from(struct, new Struct(struct).put("f", value).put("g", value).put("list", Arrays.asList(values)).put("map", Collections.singletonMap("", value)));
      }
      from(struct, new Struct(struct).put("f", last).put("list", Collections.emptyList()).put("more", Arrays.asList(last, last)).put("map", Collections.singletonMap("k", last)));
      Schema maps = SchemaBuilder.struct().name("Maps").field("m", SchemaBuilder.map(plain, optional).name("by_name").build()).field("n", SchemaBuilder.map(optional, plain).name("a.b.ByOther").optional().build()).build();
      from(maps, new Struct(maps).put("m", Collections.singletonMap(last, values[0])));
      from(maps, new Struct(maps).put("m", Collections.singletonMap(values[0], last)).put("n", Collections.singletonMap(last, last)));
      Schema numbered = SchemaBuilder.struct().field("a", SchemaBuilder.type(one.getKey()).parameter("io.confluent.connect.protobuf.Tag", "7").build()).field("b", plain)
        .field("c", SchemaBuilder.type(one.getKey()).optional().parameter("io.confluent.connect.protobuf.Tag", "5").build()).build();
      from(numbered, new Struct(numbered).put("a", last).put("b", last).put("c", last));
    }
    for (String type : new String[] {"sint32", "sfixed32", "int32"}) typed(Schema.Type.INT32, type, -5, Integer.MAX_VALUE);
    for (String type : new String[] {"uint32", "fixed32", "uint64", "sint64", "fixed64", "sfixed64", "int64"}) typed(Schema.Type.INT64, type, 5L, 3000000000L);
  }

  static void typed(Schema.Type type, String name, Object... values) throws Exception {
    for (boolean optional : new boolean[] {false, true}) {
      SchemaBuilder builder = SchemaBuilder.type(type).parameter("io.confluent.connect.protobuf.Type", name);
      Schema field = optional ? builder.optional().build() : builder.build();
      Schema struct = SchemaBuilder.struct().name("Typed").field("f", field).field("l", SchemaBuilder.array(field).build()).build();
      for (Object value : values) from(struct, new Struct(struct).put("f", value).put("l", Arrays.asList(value, values[0])));
    }
  }

  static void logical() throws Exception {
    java.util.Date day = new java.util.Date(86400000L * 19000), time = new java.util.Date(3600001), instant = new java.util.Date(1700000000123L);
    Object[][] cases = {
      {Date.builder(), day}, {Date.builder(), new java.util.Date(-86400000L * 200000)}, {Time.builder(), time}, {Time.builder(), new java.util.Date(0)}, {Timestamp.builder(), instant}, {Timestamp.builder(), new java.util.Date(-1)},
      {Timestamp.builder(), new java.util.Date(0)}, {Decimal.builder(2), new BigDecimal("12.34")}, {Decimal.builder(0), new BigDecimal("-129")}, {Decimal.builder(70), new BigDecimal(BigInteger.ONE, 70)}, {Decimal.builder(1), new BigDecimal("0.0")},
      {Decimal.builder(-2), new BigDecimal(BigInteger.TEN, -2)}, {Decimal.builder(2).parameter("connect.decimal.precision", "10"), new BigDecimal("0.05")},
      {Decimal.builder(30), new BigDecimal(new BigInteger("-98765432109876543210987654321"), 30)},
    };
    for (Object[] one : cases) {
      Schema plain = ((SchemaBuilder) one[0]).build();
      Schema optional = new SchemaBuilder(plain.type()).name(plain.name()).version(plain.version()).parameters(plain.parameters() == null ? new HashMap<>() : plain.parameters()).optional().build();
      Schema struct = SchemaBuilder.struct().name("L").field("a", plain).field("b", optional).field("c", SchemaBuilder.array(plain).optional().build())
        .field("d", SchemaBuilder.map(Schema.INT32_SCHEMA, optional).optional().build()).build();
      from(struct, new Struct(struct).put("a", one[1]).put("b", one[1]));
      from(struct, new Struct(struct).put("a", one[1]).put("c", Arrays.asList(one[1], one[1])).put("d", Collections.singletonMap(1, one[1])));
    }
  }

  static void structs() throws Exception {
    SchemaBuilder build = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).field("y", Schema.OPTIONAL_STRING_SCHEMA);
    Schema inner = build.build();
    Schema maybe = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).field("y", Schema.OPTIONAL_STRING_SCHEMA).optional().build();
    Struct one = new Struct(inner).put("x", 5L).put("y", "five"), two = new Struct(maybe).put("x", 0L);
    from(inner, one);
    from(maybe, two);
    Schema unnamed = SchemaBuilder.struct().field("a", inner).field("b", inner).field("c", SchemaBuilder.array(inner).build()).field("inner", maybe).field("Inner", maybe).build();
    from(unnamed, new Struct(unnamed).put("a", one).put("b", one).put("c", Arrays.asList(one, one)).put("inner", two).put("Inner", two));
    Schema nested = SchemaBuilder.struct().field("n", SchemaBuilder.struct().field("m", Schema.BOOLEAN_SCHEMA).build()).field("o", SchemaBuilder.struct().optional().field("p", SchemaBuilder.struct().field("q", Schema.INT8_SCHEMA).field("r", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_INT16_SCHEMA).build()).build()).build()).build();
    Schema o = nested.field("o").schema(), p = o.field("p").schema();
    from(nested, new Struct(nested).put("n", new Struct(nested.field("n").schema()).put("m", true)).put("o", new Struct(o).put("p", new Struct(p).put("q", (byte) 3).put("r", Collections.singletonMap("k", (short) 300)))));
    from(nested, new Struct(nested).put("n", new Struct(nested.field("n").schema()).put("m", false)));
    Schema empty = SchemaBuilder.struct().name("Empty").build();
    from(empty, new Struct(empty));
    Schema holder = SchemaBuilder.struct().name("a.b.c.Holder").field("e", empty).field("l", SchemaBuilder.array(empty).build()).field("m", SchemaBuilder.map(Schema.STRING_SCHEMA, inner).build()).build();
    from(holder, new Struct(holder).put("e", new Struct(empty)).put("l", Arrays.asList(new Struct(empty), new Struct(empty))).put("m", Collections.singletonMap("k", one)));
    Schema node = SchemaBuilder.struct().name("Node").field("v", Schema.INT32_SCHEMA).field("next", SchemaBuilder.struct().name("Node").optional().field("v", Schema.INT32_SCHEMA).build()).build();
    from(node, new Struct(node).put("v", 1).put("next", new Struct(node.field("next").schema()).put("v", 2)));
    Schema odd = SchemaBuilder.struct().name("my-space.Odd Name").field("1st", Schema.STRING_SCHEMA).field("_under", Schema.STRING_SCHEMA).field("a-b c", Schema.STRING_SCHEMA).field("\u00fc", SchemaBuilder.struct().name("in-ner").field("x.y", Schema.INT32_SCHEMA).build()).build();
    from(odd, new Struct(odd).put("1st", "a").put("_under", "b").put("a-b c", "c").put("\u00fc", new Struct(odd.field("\u00fc").schema()).put("x.y", 4)));
    Schema defaults = SchemaBuilder.struct().name("Defaults").field("s", SchemaBuilder.string().optional().defaultValue("none").build()).field("o", inner).field("m", SchemaBuilder.struct().name("M").optional().field("x", Schema.OPTIONAL_INT32_SCHEMA).build()).build();
    from(defaults, new Struct(defaults).put("o", one).put("s", "given"));
    from(SchemaBuilder.array(Schema.INT32_SCHEMA).build(), Arrays.asList(1, 2));
    from(SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA).build(), Collections.singletonMap("a", 1));
    Schema lists = SchemaBuilder.struct().name("Lists").field("l", SchemaBuilder.array(SchemaBuilder.array(Schema.INT32_SCHEMA).build()).build()).build();
    from(lists, new Struct(lists).put("l", Arrays.asList(Arrays.asList(1, 2))));
    Schema wide = SchemaBuilder.struct().name("Wide").field("s", Schema.STRING_SCHEMA).field("i", SchemaBuilder.struct().name("W2").field("t", Schema.STRING_SCHEMA).build()).build();
    for (int size : new int[] {100, 126, 127, 128, 20000}) from(wide, new Struct(wide).put("s", "x").put("i", new Struct(wide.field("i").schema()).put("t", "y".repeat(size))));
  }

  static void enumsAndUnions() throws Exception {
    for (String marker : new String[] {"io.confluent.connect.protobuf.Enum", "org.apache.kafka.connect.data.Enum"}) {
      Schema suit = SchemaBuilder.string().name("com.example.Suit").parameter(marker, "Suit").parameter(marker + ".HEARTS", "0").parameter(marker + ".SPADES", "3").parameter(marker + ".LOST", "-1").optional().build();
      Schema cards = SchemaBuilder.struct().name("com.example.Cards").field("s", suit).field("t", suit).field("l", SchemaBuilder.array(suit).build()).field("m", SchemaBuilder.map(Schema.STRING_SCHEMA, suit).build()).build();
      from(cards, new Struct(cards).put("s", "HEARTS").put("t", "SPADES").put("l", Arrays.asList("HEARTS", "SPADES", "LOST")).put("m", Collections.singletonMap("k", "SPADES")));
      from(cards, new Struct(cards).put("t", "LOST").put("l", Collections.emptyList()).put("m", Collections.emptyMap()));
      from(cards, new Struct(cards).put("t", "CLUBS").put("l", Collections.emptyList()).put("m", Collections.emptyMap()));
    }
    String marker = "io.confluent.connect.protobuf.Enum";
    Schema number = SchemaBuilder.int32().name("Level").parameter(marker, "Level").parameter(marker + ".LOW", "0").parameter(marker + ".HIGH", "9").optional().build();
    Schema levels = SchemaBuilder.struct().name("Levels").field("a", number).field("b", number).build();
    from(levels, new Struct(levels).put("a", 0).put("b", 9));
    Schema inner = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).optional().build();
    for (boolean general : new boolean[] {false, true}) {
      for (boolean tags : new boolean[] {true, false}) {
        SchemaBuilder union = SchemaBuilder.struct().optional();
        if (general) union.name("kind").parameter("org.apache.kafka.connect.data.Union", "kind");
        else union.name("io.confluent.connect.protobuf.Union.kind");
        SchemaBuilder i = SchemaBuilder.int32().optional(), s = SchemaBuilder.string().optional(), w = SchemaBuilder.string().optional().parameter("io.confluent.connect.protobuf.Wrapper", "true");
        SchemaBuilder n = SchemaBuilder.struct().name("com.example.Inner").field("x", Schema.INT64_SCHEMA).optional(), t = Timestamp.builder().optional();
        if (tags) {
          i.parameter("io.confluent.connect.protobuf.Tag", "4");
          s.parameter("io.confluent.connect.protobuf.Tag", "5");
          w.parameter("io.confluent.connect.protobuf.Tag", "6");
          n.parameter("io.confluent.connect.protobuf.Tag", "7");
          t.parameter("io.confluent.connect.protobuf.Tag", "2");
        }
        Schema made = union.field("i", i.build()).field("s", s.build()).field("w", w.build()).field("n", n.build()).field("t", t.build()).build();
        Schema struct = SchemaBuilder.struct().name("com.example.Unions").field("before", SchemaBuilder.int32().parameter("io.confluent.connect.protobuf.Tag", "1").build()).field("kind_0", made)
          .field("after", SchemaBuilder.int32().parameter("io.confluent.connect.protobuf.Tag", "3").build()).build();
        Object[] members = {0, "", "text", new Struct(n.build()).put("x", 8L), new java.util.Date(1500)};
        for (int member = 0; member < members.length; ++member) {
          from(struct, new Struct(struct).put("before", 1).put("after", 2).put("kind_0", new Struct(made).put(made.fields().get(member), members[member])));
        }
        from(struct, new Struct(struct).put("before", 1).put("after", 2));
        from(struct, new Struct(struct).put("before", 1).put("after", 2).put("kind_0", new Struct(made)));
      }
    }
  }

  // Messages with values for all fields, with some, with none, and their bytes twice.
  static void samples(String text, String name, int count) throws Exception {
    ProtobufSchema schema = new ProtobufSchema(text).copy(name);
    to(text, name, new byte[0], TO_OPTIONS);
    Random random = new Random(name.hashCode());
    for (int i = 0; i < count; ++i) {
      Message message = fill(schema.newMessageBuilder(), random, 4, i == 0 ? 1.0 : 0.6);
      to(text, name, message.toByteArray(), i < 2 ? TO_OPTIONS : PLAIN);
      if (i > 1) continue;
      ByteArrayOutputStream twice = new ByteArrayOutputStream();
      fill(schema.newMessageBuilder(), random, 3, 0.8).writeTo(twice);
      message.writeTo(twice);
      to(text, name, twice.toByteArray(), PLAIN);
    }
  }

  static Message fill(Message.Builder builder, Random random, int depth, double chance) {
    for (com.google.protobuf.Descriptors.FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      boolean message = field.getJavaType() == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.MESSAGE;
      if (!field.isRequired() && (random.nextDouble() > chance || (message && depth == 0))) continue;
      int count = field.isRepeated() ? 1 + random.nextInt(3) : 1;
      for (int i = 0; i < count; ++i) {
        Object value = value(builder, field, random, depth, chance);
        if (field.isRepeated()) builder.addRepeatedField(field, value);
        else builder.setField(field, value);
      }
    }
    return builder.build();
  }

  static Object value(Message.Builder builder, com.google.protobuf.Descriptors.FieldDescriptor field, Random random, int depth, double chance) {
    int small = random.nextInt(5);
    switch (field.getJavaType()) {
      case INT: return small == 0 ? 0 : small == 1 ? random.nextInt(12) + 1 : small == 2 && !known(field) ? random.nextInt() : random.nextInt(12) + 1;
      case LONG: return small == 0 ? 0L : small == 1 && !known(field) ? random.nextLong() : (long) random.nextInt(1000000);
      case FLOAT: return small == 0 ? 0f : random.nextInt(1000) / 8f;
      case DOUBLE: return small == 0 ? 0.0 : random.nextInt(100000) / 16.0;
      case BOOLEAN: return random.nextBoolean();
      case STRING: return small == 0 ? "" : "t\u00e9xt " + random.nextInt(100);
      case BYTE_STRING: return com.google.protobuf.ByteString.copyFrom(BigInteger.valueOf(random.nextInt(1000000) - 500000).toByteArray());
      case ENUM: return field.getEnumType().getValues().get(random.nextInt(field.getEnumType().getValues().size()));
      default: return fill(builder.newBuilderForField(field), random, depth - 1, known(field.getMessageType().getFullName()) ? 1.0 : chance);
    }
  }

  static boolean known(com.google.protobuf.Descriptors.FieldDescriptor field) {
    return known(field.getContainingType().getFullName());
  }

  static boolean known(String name) {
    return name.startsWith("google.type.") || name.equals("google.protobuf.Timestamp") || name.equals("confluent.type.Decimal");
  }

  static final String PROTO3 = "syntax = \"proto3\";\n";
  static final String[][] SCHEMAS = {
    {PROTO3 + "package com.example;\nmessage All { double d = 1; float f = 2; int64 l = 3; uint64 ul = 4; int32 i = 5; fixed64 x64 = 6; fixed32 x32 = 7; bool b = 8; string s = 9; bytes y = 10; uint32 u = 11;"
      + " sfixed32 sx32 = 12; sfixed64 sx64 = 13; sint32 si = 14; sint64 sl = 15; optional int32 oi = 16; optional string os = 17; int32 i8 = 18 [(confluent.field_meta) = {params: [{key: \"connect.type\", value: \"int8\"}]}];"
      + " int32 i16 = 19 [(confluent.field_meta).params = {key: \"connect.type\", value: \"int16\"}]; }", "com.example.All"},
    {PROTO3 + "message Lists { repeated double d = 1; repeated int64 l = 3; repeated uint32 u = 4; repeated sint32 si = 5; repeated fixed64 x = 6 [packed = false]; repeated bool b = 7; repeated string s = 8; repeated bytes y = 9; repeated E e = 10; repeated Item item = 2000;"
      + " message Item { string name = 1; repeated int32 n = 2; } enum E { A = 0; B = 1; C = -3; } }", "Lists"},
    {PROTO3 + "package a.b; message Maps { map<string, int32> counts = 1; map<int64, Item> by_id = 2; map<bool, E> byFlag = 3; map<string, google.protobuf.Timestamp> at = 4; map<sint32, string> MixedCase = 5; }"
      .replace("package a.b;", "package a.b; import \"google/protobuf/timestamp.proto\";") + " message Item { string name = 1; map<string, string> labels = 2; } enum E { X = 0; Y = 5; }", "a.b.Maps"},
    {PROTO3 + "package p; message One { string head = 1; oneof kind { int32 i = 2; string s = 3; Inner inner = 4; E e = 5; } int32 mid = 6; oneof other_kind { bool x = 7; bytes y = 8; } message Inner { int32 a = 1; repeated int32 b = 2; } enum E { Z = 0; W = 1; } }", "p.One"},
    {PROTO3 + "package q; import \"google/protobuf/timestamp.proto\"; import \"google/type/date.proto\"; import \"google/type/timeofday.proto\"; import \"confluent/type/decimal.proto\"; import \"confluent/meta.proto\";"
      + " message Times { google.protobuf.Timestamp at = 1; google.type.Date day = 2; google.type.TimeOfDay time = 3; confluent.type.Decimal amount = 4 [(confluent.field_meta) = {params: [{value: \"2\", key: \"scale\"}, {key: \"precision\", value: \"9\"}]}];"
      + " confluent.type.Decimal plain = 5; repeated google.protobuf.Timestamp all = 6; oneof o { google.type.Date d = 7; } }", "q.Times"},
    {PROTO3 + "import \"google/protobuf/wrappers.proto\"; message Wraps { google.protobuf.DoubleValue d = 1; google.protobuf.FloatValue f = 2; google.protobuf.Int64Value l = 3; google.protobuf.UInt64Value ul = 4; google.protobuf.Int32Value i = 5; google.protobuf.UInt32Value u = 6;"
      + " google.protobuf.BoolValue b = 7; google.protobuf.StringValue s = 8; google.protobuf.BytesValue y = 9; repeated google.protobuf.StringValue many = 10; oneof one { google.protobuf.Int32Value w = 11; int32 n = 12; } map<string, google.protobuf.Int32Value> m = 13; }", "Wraps"},
    {"syntax = \"proto2\";\npackage two; message Two { required string r = 1; optional int32 o = 2; optional int32 d = 3 [default = 7]; optional string ds = 4 [default = \"some text\"]; optional bytes db = 5 [default = \"\\001x\\377\"]; optional double dd = 6 [default = -1.5];"
      + " optional E e = 7 [default = B]; repeated int32 p = 8 [packed = true]; repeated int32 u = 9; optional Sub sub = 10; optional bool t = 11 [default = true]; optional float inf = 12 [default = 2.5]; optional E plain = 13; repeated E es = 14; oneof o1 { string x = 15; Sub y = 16; }"
      + " message Sub { required int32 a = 1; optional int32 b = 2; } enum E { A = 1; B = 2; } }", "two.Two"},
    {PROTO3 + "package deep; message Top { message Mid { message Low { int32 v = 1; } Low low = 1; repeated Low lows = 2; } Mid mid = 1; Other other = 2; } message Other { Top.Mid.Low low = 1; .deep.Top.Mid mid = 2; }", "deep.Top"},
    {PROTO3 + "package deep; message Top { message Mid { message Low { int32 v = 1; } Low low = 1; repeated Low lows = 2; } Mid mid = 1; Other other = 2; } message Other { Top.Mid.Low low = 1; .deep.Top.Mid mid = 2; }", "deep.Top.Mid.Low"},
    {PROTO3 + "message Spelled { repeated TagsEntry tags = 1; message TagsEntry { option map_entry = true; string key = 1; int32 value = 2; } repeated PairEntry pairs = 2; message PairEntry { string key = 1; string value = 2; } }", "Spelled"},
    {PROTO3 + "import \"google/protobuf/any.proto\"; import \"google/protobuf/duration.proto\"; import \"google/type/money.proto\"; message Known { google.protobuf.Any any = 1; google.protobuf.Duration took = 2; google.type.Money price = 3; }", "Known"},
    {PROTO3 + "package aliases; message M { E e = 1; } enum E { option allow_alias = true; ZERO = 0; ONE = 1; EINS = 1; MANY = 100; }", "aliases.M"},
  };

  // Fields that may be missing and, with wrapper.for.nullables, are required: Struct.put refuses what holds such a message.
  static void missing() throws Exception {
    String[][] options = {{}, {"wrapper.for.nullables"}, {"wrapper.for.nullables", "generate.struct.for.nulls"}, {"optional.for.nullables"}};
    String in = "message In { optional string a = 1; optional int32 b = 2; }";
    String text = PROTO3 + "message Out { In in = 1; repeated In l = 2; map<string, In> m = 3; oneof u { int32 i = 4; In j = 5; } optional int32 n = 6; message Mid { In in = 1; } Mid mid = 7; } " + in;
    int[][] parts = {{}, {10, 1, 65}, {16, 5}, {10, 1, 65, 16, 5}};
    for (int[] part : parts) {
      to(text, "In", bytes(part), options);
      for (int tag : new int[] {10, 18, 26, 42, 58}) {
        byte[] inside = bytes(part);
        if (tag == 26) inside = join(join(bytes(10, 1, 107), bytes(18, part.length)), inside);
        if (tag == 58) inside = join(bytes(10, part.length), inside);
        to(text, "Out", join(bytes(tag, inside.length), inside), options);
      }
    }
    to(text, "Out", bytes(58, 0), options);
    to(text, "Out", bytes(10, 0, 8), options);
    String two = "syntax = \"proto2\";\nmessage Out { optional In in = 1; } message In { optional int32 a = 1; required In2 r = 2; } message In2 { optional int32 b = 1 [default = 3]; }";
    for (int[] part : new int[][] {{}, {10, 0}, {10, 2, 18, 0}, {10, 4, 8, 1, 18, 0}, {10, 6, 8, 1, 18, 2, 8, 4}}) to(two, "Out", bytes(part), options);
  }

  static byte[] join(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  static byte[] bytes(int... numbers) {
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < numbers.length; ++i) bytes[i] = (byte) numbers[i];
    return bytes;
  }

  // Bytes that no writer writes: unknown fields, other wire types, half messages, groups.
  static void strange() throws Exception {
    String text = PROTO3 + "message S { int32 i = 1; string s = 2; repeated int32 l = 3; S2 m = 4; oneof o { int32 a = 5; S2 b = 6; } E e = 7; bool f = 8; sint32 z = 9; } message S2 { int32 x = 1; repeated int32 y = 2; S2b in = 3; } message S2b { int32 p = 1; int32 q = 2; } enum E { A = 0; B = 1; }";
    int[][] cases = {{8}, {8, 0x80}, {8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}, {8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, {8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, {8, 1, 8, 2}, {9, 1, 2, 3, 4, 5, 6, 7, 8},
      {10, 1, 65}, {13, 1, 2, 3, 4}, {0}, {0, 0}, {6, 1}, {7, 1}, {18, 2, 65}, {18, 1, 65, 18, 1, 66}, {18, 2, 0xc3, 0x28}, {18, 3, 0xed, 0xa0, 0x80}, {24, 1, 24, 2}, {26, 3, 1, 2, 3}, {26, 2, 1, 0x80}, {26, 0}, {24, 1, 26, 2, 2, 3, 24, 4}, {34, 0}, {34, 2, 8, 1, 34, 2, 16, 5}, {34, 2, 8, 1, 34, 4, 26, 2, 8, 3, 34, 4, 26, 2, 16, 4},
      {34, 3, 8, 1}, {34, 5, 8, 1}, {40, 1, 50, 2, 8, 9}, {50, 2, 8, 9, 40, 1}, {50, 2, 8, 9, 40, 1, 50, 2, 16, 1}, {50, 2, 8, 9, 50, 2, 16, 1}, {56, 1}, {56, 9}, {56, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, {64, 2}, {64, 0x80, 0}, {72, 3}, {72, 0xff, 0xff, 0xff, 0xff, 0x0f},
      {163, 6, 8, 1, 164, 6}, {163, 6, 8, 1}, {163, 6, 164, 7}, {164, 6}, {163, 6, 163, 7, 164, 7, 164, 6, 8, 3}, {162, 6, 3, 1, 2, 3, 8, 4}, {160, 6, 1}, {165, 6, 1, 2, 3, 4}, {161, 6, 1, 2, 3, 4, 5, 6, 7, 8}, {167, 6}, {0x88, 0x80, 0x80, 0x80, 0x10, 1}, {0x88, 0, 5}, {34, 0x80}, {34, 0xff, 0xff, 0xff, 0xff, 0x0f}};
    for (int[] one : cases) to(text, "S", bytes(one), PLAIN);
    String times = SCHEMAS[4][0];
    int[][] more = {{10, 0}, {10, 2, 16, 5}, {10, 11, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, {10, 6, 16, 0x80, 0x94, 0xeb, 0xdc, 3}, {18, 0}, {18, 6, 8, 0xe4, 15, 16, 2, 24, 29}, {18, 7, 8, 0xe4, 15, 16, 2, 24, 29}, {18, 7, 8, 0xe5, 15, 16, 2, 24, 29}, {18, 7, 8, 0xe4, 15, 16, 13, 24, 1},
      {26, 0}, {26, 2, 8, 24}, {26, 8, 8, 23, 16, 59, 24, 59, 32, 1}, {26, 2, 16, 60}, {34, 0}, {34, 3, 10, 1, 5}, {34, 4, 10, 2, 4, 0xd2}, {34, 6, 10, 2, 4, 0xd2, 24, 2}, {34, 8, 10, 2, 4, 0xd2, 16, 2, 24, 2}, {34, 8, 10, 2, 4, 0xd2, 16, 3, 24, 2}, {34, 8, 10, 2, 3, 0xe7, 16, 2, 24, 2}, {34, 8, 10, 2, 0xfc, 0x19, 16, 2, 24, 0}, {34, 5, 10, 1, 5, 16, 1}};
    for (int[] one : more) to(times, "q.Times", bytes(one), PLAIN);
    to("syntax = \"proto3\"; package google.protobuf; message Int32Value { int32 value = 1; } message StringValue { string value = 1; }", "google.protobuf.Int32Value", bytes(8, 5), PLAIN);
    to("syntax = \"proto3\"; package google.protobuf; message Int32Value { int32 value = 1; } message StringValue { string value = 1; }", "google.protobuf.Int32Value", bytes(), PLAIN);
    to("syntax = \"proto3\"; package google.protobuf; message Int32Value { int32 value = 1; } message StringValue { string value = 1; }", "google.protobuf.StringValue", bytes(10, 1, 65), PLAIN);
  }

  static String message(String fields) {
    return PROTO3 + "package c; message M { " + fields + " } message N { int32 x = 1; }";
  }

  static final String[][] PAIRS = {
    {"int32 a = 1;", "int64 a = 1;"}, {"int32 a = 1;", "bool a = 1;"}, {"int32 a = 1;", "sint32 a = 1;"}, {"int32 a = 1;", "string a = 1;"}, {"string a = 1;", "bytes a = 1;"}, {"fixed32 a = 1;", "sfixed32 a = 1;"}, {"fixed32 a = 1;", "fixed64 a = 1;"}, {"float a = 1;", "double a = 1;"},
    {"int32 a = 1;", "int32 b = 1;"}, {"int32 a = 1;", ""}, {"", "int32 a = 1;"}, {"int32 a = 1;", "int32 a = 2;"}, {"int32 a = 1;", "repeated int32 a = 1;"}, {"string a = 1;", "repeated string a = 1;"}, {"repeated int32 a = 1;", "optional int32 a = 1;"}, {"repeated string a = 1;", "optional string a = 1;"},
    {"N a = 1;", "N b = 1;"}, {"N a = 1;", "int32 a = 1;"}, {"N a = 1; message O {}", "O a = 1; message O {}"}, {"message O {}", ""}, {"", "message O {}"}, {"message O { int32 x = 1; }", "message O { string x = 1; }"},
    {"oneof o { int32 a = 1; string b = 2; }", "oneof o { int32 a = 1; }"}, {"oneof o { int32 a = 1; string b = 2; }", ""}, {"oneof o { int32 a = 1; string b = 2; }", "int32 a = 1; string b = 2;"}, {"oneof o { int32 a = 1; string b = 2; }", "int32 a = 1;"}, {"int32 a = 1;", "oneof o { int32 a = 1; }"},
    {"int32 a = 1; string b = 2;", "oneof o { int32 a = 1; string b = 2; }"}, {"oneof o { int32 a = 1; } string b = 2;", "oneof o { int32 a = 1; string b = 2; }"}, {"oneof o { int32 a = 1; }", "oneof o { int32 a = 1; string b = 2; }"}, {"oneof o { int32 a = 1; }", "oneof p { int32 a = 1; }"},
    {"map<string, int32> m = 1;", "map<string, int64> m = 1;"}, {"map<string, int32> m = 1;", "map<string, string> m = 1;"}, {"map<string, int32> m = 1;", "repeated N m = 1;"}, {"enum E { A = 0; } E e = 1;", "enum E { A = 0; B = 1; } E e = 1;"}, {"enum E { A = 0; } E e = 1;", "int32 e = 1;"}, {"enum E { A = 0; } E e = 1;", "string e = 1;"},
  };

  public static void main(String[] args) throws Exception {
    ENVELOPE.configure(Map.of("replace.null.with.default", "false"), false);
    scalars();
    logical();
    structs();
    enumsAndUnions();
    for (String[] one : SCHEMAS) samples(one[0], one[1], 6);
    strange();
    missing();
    for (String[] pair : PAIRS) compatible(message(pair[0]), message(pair[1]));
    compatible(message("int32 a = 1;"), message("int32 a = 1;").replace("package c;", "package d;"));
    compatible(message("int32 a = 1;"), message("int32 a = 1;").replace("message N { int32 x = 1; }", ""));
    compatible("syntax = \"proto2\"; message M { required int32 a = 1; }", "syntax = \"proto2\"; message M {}");
    compatible("syntax = \"proto2\"; message M { required int32 a = 1; }", "syntax = \"proto2\"; message M { optional int32 a = 1; }");
    compatible("syntax = \"proto2\"; message M {}", "syntax = \"proto2\"; message M { required int32 a = 1; }");
    compatible("syntax = \"proto2\"; message M { optional string a = 1; }", "syntax = \"proto2\"; message M { repeated string a = 1; }");
  }
}
