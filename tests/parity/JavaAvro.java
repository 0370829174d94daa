// Asks Java's Avro, and Confluent's AvroData, what Connect schemas and values are in Avro and the other way round. One JSON
// object a line; runtime/convert/avro/testdata/README.md says how to run it.
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.connect.avro.AvroData;
import io.confluent.connect.avro.AvroDataConfig;
import io.confluent.kafka.serializers.NonRecordContainer;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.json.JsonConverter;

public class JavaAvro {
  static final ObjectMapper JSON = new ObjectMapper();
  static final JsonConverter ENVELOPE = new JsonConverter();
  static final String[][] OPTIONS = {{}, {"enhanced.avro.schema.support"}, {"-connect.meta.data"}};

  static AvroData data(String[] options) {
    Map<String, Object> config = new HashMap<>();
    for (String option : options) {
      config.put(option.replace("-", ""), option.startsWith("-") ? "false" : "true");
    }
    return new AvroData(new AvroDataConfig(config));
  }

  static void print(ObjectNode line) throws Exception {
    System.out.println(JSON.writeValueAsString(line));
  }

  static ObjectNode line(String question, String[] options) {
    ObjectNode line = JSON.createObjectNode();
    line.put("question", question);
    line.set("options", JSON.valueToTree(options));
    return line;
  }

  static Throwable root(Throwable error) {
    while (error.getCause() != null) error = error.getCause();
    return error;
  }

  static byte[] encode(org.apache.avro.Schema schema, Object value) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<Object>(schema).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  // Connect -> Avro: the schema's text, and the bytes.
  static void from(Schema schema, Object value) throws Exception {
    String envelope;
    try {
      envelope = new String(ENVELOPE.fromConnectData("t", schema, value), StandardCharsets.UTF_8);
    } catch (Exception unwritable) {
      return;  // no way to tell it
    }
    for (String[] options : OPTIONS) {
      ObjectNode line = line("from", options);
      line.put("connect", envelope);
      try {
        AvroData data = data(options);
        org.apache.avro.Schema avro = data.fromConnectSchema(schema);
        line.put("schema", avro.toString());
        Object made = data.fromConnectData(schema, value);
        if (made instanceof NonRecordContainer) made = ((NonRecordContainer) made).getValue();
        if (made != null) line.put("bytes", Base64.getEncoder().encodeToString(encode(avro, made)));
      } catch (Exception error) {
        line.put("class", error.getClass().getName());
        line.put("error", String.valueOf(root(error).getMessage()));
      }
      print(line);
    }
  }

  // Avro -> Connect: what JsonConverter makes of it.
  static void to(String text, Object value, byte[] bytes) throws Exception {
    org.apache.avro.Schema schema = new org.apache.avro.Schema.Parser().parse(text);
    for (String[] options : OPTIONS) {
      ObjectNode line = line("to", options);
      line.put("schema", text);
      line.put("text", schema.toString());
      line.put("bytes", Base64.getEncoder().encodeToString(bytes));
      try {
        SchemaAndValue made = data(options).toConnectData(schema, value);
        if (made == null) {
          line.putNull("connect");
        } else {
          line.put("connect", new String(ENVELOPE.fromConnectData("t", made.schema(), made.value()), StandardCharsets.UTF_8));
        }
      } catch (Exception error) {
        line.put("class", error.getClass().getName());
        line.put("error", String.valueOf(root(error).getMessage()));
      }
      print(line);
    }
  }

  static void to(String text, int samples, int seed) throws Exception {
    org.apache.avro.Schema schema = new org.apache.avro.Schema.Parser().parse(text);
    for (Object value : new RandomData(schema, samples, seed)) {
      byte[] bytes;
      try {
        bytes = encode(schema, value);
      } catch (Exception unwritable) {
        continue;
      }
      to(text, new GenericDatumReader<Object>(schema).read(null, DecoderFactory.get().binaryDecoder(bytes, null)), bytes);
    }
  }

  // Avro written with one schema and read with another.
  static void resolve(String writer, String reader, int seed) throws Exception {
    org.apache.avro.Schema from = new org.apache.avro.Schema.Parser().parse(writer);
    org.apache.avro.Schema to = new org.apache.avro.Schema.Parser().parse(reader);
    for (Object value : new RandomData(from, 4, seed)) {
      byte[] bytes = encode(from, value);
      ObjectNode line = line("resolve", new String[0]);
      line.put("schema", writer);
      line.put("reader", reader);
      line.put("bytes", Base64.getEncoder().encodeToString(bytes));
      String compatible = org.apache.avro.SchemaCompatibility.checkReaderWriterCompatibility(to, from).getType().toString();
      line.put("compatible", compatible.equals("COMPATIBLE"));
      try {
        Object read = new GenericDatumReader<Object>(from, to).read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        SchemaAndValue made = data(new String[0]).toConnectData(to, read);
        if (made == null) {
          line.putNull("connect");
        } else {
          line.put("connect", new String(ENVELOPE.fromConnectData("t", made.schema(), made.value()), StandardCharsets.UTF_8));
        }
      } catch (Exception error) {
        line.put("class", error.getClass().getName());
        line.put("error", String.valueOf(root(error).getMessage()));
      }
      print(line);
    }
  }

  static final Map<Schema.Type, Object[]> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put(Schema.Type.BOOLEAN, new Object[] {true, false});
    VALUES.put(Schema.Type.INT8, new Object[] {(byte) 0, (byte) -128, (byte) 127});
    VALUES.put(Schema.Type.INT16, new Object[] {(short) 1, Short.MIN_VALUE, Short.MAX_VALUE});
    VALUES.put(Schema.Type.INT32, new Object[] {0, -1, 63, 64, -65, Integer.MIN_VALUE, Integer.MAX_VALUE});
    VALUES.put(Schema.Type.INT64, new Object[] {0L, 8191L, 8192L, -8193L, Long.MIN_VALUE, Long.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT32, new Object[] {0.0f, -1.5f, 0.1f, Float.MAX_VALUE});
    VALUES.put(Schema.Type.FLOAT64, new Object[] {0.0, 3.25, 0.1, -1e300});
    VALUES.put(Schema.Type.STRING, new Object[] {"", "abc", "\u00e9\u20ac\ud83d\ude00", "x".repeat(200)});
    VALUES.put(Schema.Type.BYTES, new Object[] {ByteBuffer.wrap(new byte[0]), ByteBuffer.wrap(new byte[] {0, -1, 65, (byte) 0x80})});
  }

  static void primitives() throws Exception {
    for (Map.Entry<Schema.Type, Object[]> one : VALUES.entrySet()) {
      Object[] values = one.getValue();
      for (Object value : values) from(SchemaBuilder.type(one.getKey()).build(), value);
      Object first = values[values.length - 1];
      from(SchemaBuilder.type(one.getKey()).optional().build(), first);
      from(SchemaBuilder.type(one.getKey()).optional().build(), null);
      from(SchemaBuilder.type(one.getKey()).defaultValue(values[0]).build(), first);
      from(SchemaBuilder.type(one.getKey()).optional().defaultValue(values[0]).build(), first);
      from(SchemaBuilder.type(one.getKey()).name("com.example.Named").version(3).doc("what it is").parameter("a", "b").parameter("c", "d").build(), first);
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
        Schema list = SchemaBuilder.array(field).build();
        from(list, Arrays.asList(first, values[0], first));
        if (field.isOptional()) from(list, Arrays.asList(first, null));
        Schema map = SchemaBuilder.map(Schema.STRING_SCHEMA, field).build();
        from(map, Collections.singletonMap("k", first));
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
      {Decimal.builder(2), new BigDecimal("12.345")}, {Decimal.builder(30), new BigDecimal(new BigInteger("-98765432109876543210987654321"), 30)},
    };
    for (Object[] one : cases) {
      SchemaBuilder builder = (SchemaBuilder) one[0];
      Schema plain = builder.build();
      from(plain, one[1]);
      Schema optional = new SchemaBuilder(plain.type()).name(plain.name()).version(plain.version()).parameters(plain.parameters() == null ? new HashMap<>() : plain.parameters()).optional().build();
      from(optional, one[1]);
      from(optional, null);
      Schema struct = SchemaBuilder.struct().name("L").field("a", plain).field("b", optional).build();
      try {
        from(struct, new Struct(struct).put("a", one[1]).put("b", one[1]));
        from(struct, new Struct(struct).put("a", one[1]));
        SchemaBuilder defaulted = new SchemaBuilder(plain.type()).name(plain.name()).version(plain.version());
        if (plain.parameters() != null) defaulted.parameters(plain.parameters());
        Schema with = SchemaBuilder.struct().name("L").field("a", defaulted.defaultValue(one[1]).build()).build();
        from(with, new Struct(with).put("a", one[1]));
      } catch (Exception wrongScale) {
        // no such struct
      }
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
    Schema nested = SchemaBuilder.struct().field("n", SchemaBuilder.struct().field("m", Schema.BOOLEAN_SCHEMA).build()).field("o", SchemaBuilder.struct().optional().field("m", Schema.INT8_SCHEMA).build()).build();
    from(nested, new Struct(nested).put("n", new Struct(nested.field("n").schema()).put("m", true)).put("o", new Struct(nested.field("o").schema()).put("m", (byte) 3)));
    Schema noSpace = SchemaBuilder.struct().name("Plain").field("i", inner).build();
    from(noSpace, new Struct(noSpace).put("i", one));
    Schema outer = SchemaBuilder.struct().name("com.example.Outer").field("p", noSpace).build();
    from(outer, new Struct(outer).put("p", new Struct(noSpace).put("i", one)));
    Schema empty = SchemaBuilder.struct().name("Empty").build();
    from(empty, new Struct(empty));
    from(SchemaBuilder.array(SchemaBuilder.array(Schema.INT32_SCHEMA).optional().build()).build(), Arrays.asList(Arrays.asList(1, 2), null, Collections.emptyList()));
    from(SchemaBuilder.array(Schema.STRING_SCHEMA).defaultValue(Arrays.asList("a", "b")).build(), Arrays.asList("c"));
    Schema lists = SchemaBuilder.struct().name("Lists").field("l", SchemaBuilder.array(Schema.INT32_SCHEMA).defaultValue(Arrays.asList(1)).build()).field("m", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA).defaultValue(Collections.singletonMap("k", 2)).build()).build();
    from(lists, new Struct(lists).put("l", Arrays.asList(4, 5)));
    Schema docs = SchemaBuilder.struct().name("Docs").parameter("io.confluent.connect.avro.record.doc", "a record").parameter("io.confluent.connect.avro.field.doc.f", "a field").field("f", SchemaBuilder.string().doc("own").build()).build();
    from(docs, new Struct(docs).put("f", "v"));
    Schema marked = SchemaBuilder.struct().name("Marked").field("f", SchemaBuilder.int32().parameter("avro.java.string", "String").parameter("avroX", "1").build()).build();
    from(marked, new Struct(marked).put("f", 1));
    Schema symbol = SchemaBuilder.string().name("com.example.Suit").parameter("io.confluent.connect.avro.Enum", "com.example.Suit").parameter("io.confluent.connect.avro.Enum.HEARTS", "HEARTS").parameter("io.confluent.connect.avro.Enum.SPADES", "SPADES").build();
    from(symbol, "SPADES");
    Schema cards = SchemaBuilder.struct().name("com.example.Cards").field("s", symbol).field("t", symbol).build();
    from(cards, new Struct(cards).put("s", "HEARTS").put("t", "SPADES"));
    Schema fixed = SchemaBuilder.bytes().name("com.example.Hash").parameter("connect.fixed.size", "3").build();
    from(fixed, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    Schema hashes = SchemaBuilder.struct().name("com.example.Hashes").field("h", fixed).field("o", SchemaBuilder.bytes().name("com.example.Hash").parameter("connect.fixed.size", "3").optional().build()).build();
    from(hashes, new Struct(hashes).put("h", ByteBuffer.wrap(new byte[] {1, 2, 3})).put("o", ByteBuffer.wrap(new byte[] {4, 5, 6})));
    Schema union = SchemaBuilder.struct().name("io.confluent.connect.avro.Union").field("int", Schema.OPTIONAL_INT32_SCHEMA).field("string", Schema.OPTIONAL_STRING_SCHEMA).field("Inner", innerOptional).build();
    Schema unions = SchemaBuilder.struct().name("com.example.Unions").field("u", union).field("v", SchemaBuilder.struct().name("io.confluent.connect.avro.Union").optional().field("int", Schema.OPTIONAL_INT32_SCHEMA).field("string", Schema.OPTIONAL_STRING_SCHEMA).build()).build();
    Schema other = SchemaBuilder.string().name("com.example.Suit").parameter("io.confluent.connect.avro.Enum", "com.example.Suit").parameter("io.confluent.connect.avro.Enum.HEARTS", "HEARTS").parameter("io.confluent.connect.avro.Enum.SPADES", "SPADES").parameter("own", "1").optional().build();
    Schema hand = SchemaBuilder.struct().name("com.example.Hand").field("s", symbol).field("t", other).field("u", inner).field("v", innerOptional).build();
    from(hand, new Struct(hand).put("s", "HEARTS").put("t", "SPADES").put("u", one));
    for (int i = 0; i < 3; ++i) {
      Struct member = new Struct(union);
      member.put(union.fields().get(i), i == 0 ? 4 : i == 1 ? "four" : two);
      from(unions, new Struct(unions).put("u", member));
      Struct second = new Struct(unions.field("v").schema()).put("int", 9);
      from(unions, new Struct(unions).put("u", member).put("v", second));
    }
  }

  static final String[] SCHEMAS = {
    "\"int\"", "\"long\"", "\"string\"", "\"bytes\"", "\"float\"", "\"double\"", "\"boolean\"", "[\"null\",\"int\"]", "[\"string\",\"null\"]",
    "{\"type\":\"int\",\"connect.type\":\"int8\"}", "{\"type\":\"int\",\"connect.type\":\"int16\"}", "{\"type\":\"int\",\"connect.type\":\"int64\"}",
    "{\"type\":\"int\",\"logicalType\":\"date\"}", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}",
    "{\"type\":\"long\",\"logicalType\":\"time-micros\"}", "{\"type\":\"string\",\"logicalType\":\"uuid\"}", "{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}",
    "{\"type\":\"string\",\"avro.java.string\":\"String\"}", "{\"type\":\"int\",\"connect.version\":5,\"connect.doc\":\"d\",\"connect.parameters\":{\"a\":\"b\"},\"connect.name\":\"n\",\"connect.default\":7}",
    "{\"type\":\"int\",\"connect.version\":\"5\"}", "{\"type\":\"int\",\"connect.parameters\":3}", "{\"type\":\"int\",\"connect.parameters\":{\"a\":3}}", "{\"type\":\"int\",\"connect.name\":3}",
    "{\"type\":\"array\",\"items\":\"string\"}", "{\"type\":\"array\",\"items\":[\"null\",\"long\"]}", "{\"type\":\"map\",\"values\":\"int\"}", "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":\"boolean\"}}",
    "{\"type\":\"fixed\",\"name\":\"com.example.F\",\"size\":5}", "{\"type\":\"fixed\",\"name\":\"D\",\"size\":8,\"logicalType\":\"decimal\",\"precision\":10,\"scale\":3}",
    "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":20,\"scale\":4}", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":64,\"scale\":2}", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9}",
    "{\"type\":\"enum\",\"name\":\"com.example.E\",\"doc\":\"letters\",\"symbols\":[\"A\",\"B\",\"C\"],\"default\":\"B\"}", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"X\"]}",
    "[\"int\",\"string\"]", "[\"null\",\"int\",\"string\",\"boolean\"]", "[\"null\",{\"type\":\"record\",\"name\":\"a.R\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]},{\"type\":\"record\",\"name\":\"b.S\",\"fields\":[{\"name\":\"y\",\"type\":\"string\"}]}]",
    "[{\"type\":\"record\",\"name\":\"a.R\",\"fields\":[]},{\"type\":\"record\",\"name\":\"b.R\",\"fields\":[]}]", "[{\"type\":\"enum\",\"name\":\"n.E\",\"symbols\":[\"A\",\"B\"]},{\"type\":\"fixed\",\"name\":\"n.F\",\"size\":2},\"bytes\"]",
    "[{\"type\":\"array\",\"items\":\"int\"},{\"type\":\"map\",\"values\":\"int\"},\"double\"]",
    "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"com.example\",\"doc\":\"an order\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"doc\":\"its number\"},{\"name\":\"who\",\"type\":[\"null\",\"string\"],\"default\":null},"
      + "{\"name\":\"items\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Item\",\"fields\":[{\"name\":\"sku\",\"type\":\"string\"},{\"name\":\"count\",\"type\":\"int\",\"default\":1}]}}},{\"name\":\"first\",\"type\":[\"null\",\"Item\"]}]}",
    "{\"type\":\"record\",\"name\":\"Defaults\",\"fields\":[{\"name\":\"i\",\"type\":\"int\",\"default\":5},{\"name\":\"s\",\"type\":\"string\",\"default\":\"x\"},{\"name\":\"b\",\"type\":\"bytes\",\"default\":\"\\u00ff\\u0001a\"},{\"name\":\"d\",\"type\":\"double\",\"default\":1.5},"
      + "{\"name\":\"t\",\"type\":\"boolean\",\"default\":true},{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"default\":[1,2]},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{\"k\":\"v\"}},"
      + "{\"name\":\"u\",\"type\":[\"int\",\"null\"],\"default\":3},{\"name\":\"w\",\"type\":[\"null\",\"int\",\"string\"],\"default\":null},{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"P\",\"Q\"]},\"default\":\"Q\"},"
      + "{\"name\":\"f\",\"type\":\"float\",\"default\":0.25},{\"name\":\"l\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"default\":1000}]}",
    "{\"type\":\"record\",\"name\":\"ConnectDefault\",\"namespace\":\"io.confluent.connect.avro\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}",
    "{\"type\":\"record\",\"name\":\"Named\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}],\"connect.name\":\"other.Name\",\"connect.version\":4,\"aliases\":[\"Old\",\"a.Older\"]}",
    "{\"type\":\"record\",\"name\":\"With\",\"fields\":[{\"name\":\"x\",\"type\":\"int\",\"aliases\":[\"z\"],\"order\":\"descending\",\"custom\":[1,{\"a\":null}]},{\"name\":\"y\",\"type\":{\"type\":\"string\",\"p\":1.5},\"order\":\"ascending\"}],\"more\":true}",
    "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MapEntry\",\"namespace\":\"io.confluent.connect.avro\",\"fields\":[{\"name\":\"key\",\"type\":\"long\"},{\"name\":\"value\",\"type\":\"string\"}]}}",
    "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"E\",\"connect.internal.type\":\"MapEntry\",\"fields\":[{\"name\":\"key\",\"type\":\"int\"},{\"name\":\"value\",\"type\":[\"null\",\"int\"]}]}}",
    "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MapEntry\",\"namespace\":\"io.confluent.connect.avro\",\"fields\":[{\"name\":\"key\",\"type\":\"long\"}]}}",
    "{\"type\":\"record\",\"name\":\"n.U\",\"fields\":[{\"name\":\"u\",\"type\":[\"int\",{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]},{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"e\",\"type\":\"E\"}]}]},{\"name\":\"v\",\"type\":[\"null\",\"n.R\"]}]}",
    "\"null\"", "{\"type\":\"array\",\"items\":\"null\"}",
    "{\"type\":\"record\",\"name\":\"P\",\"namespace\":\"\",\"fields\":[{\"name\":\"q\",\"type\":{\"type\":\"record\",\"name\":\"Q\",\"namespace\":\"z\",\"fields\":[{\"name\":\"p\",\"type\":[\"null\",{\"type\":\"fixed\",\"name\":\"w.W\",\"size\":1}]}]}}]}",
    "{\"type\":\"record\",\"name\":\"Again\",\"fields\":[{\"name\":\"s\",\"type\":{\"type\":\"enum\",\"name\":\"Suit\",\"symbols\":[\"A\",\"B\"],\"connect.parameters\":{\"x\":\"1\"}}},{\"name\":\"t\",\"type\":\"Suit\",\"connect.parameters\":{\"x\":\"2\",\"y\":\"3\"}},{\"name\":\"u\",\"type\":[\"null\",\"Suit\"],\"default\":null,\"connect.parameters\":{\"x\":\"1\"}},{\"name\":\"v\",\"type\":\"int\",\"default\":4,\"connect.parameters\":{\"z\":5}},{\"name\":\"w\",\"type\":\"string\",\"connect.parameters\":[1]}]}",
  };

  static final String[][] PAIRS = {
    {"\"int\"", "\"long\""}, {"\"int\"", "\"double\""}, {"\"long\"", "\"float\""}, {"\"float\"", "\"double\""}, {"\"string\"", "\"bytes\""}, {"\"bytes\"", "\"string\""}, {"\"long\"", "\"int\""}, {"\"int\"", "[\"null\",\"long\"]"},
    {"\"int\"", "[\"string\",\"long\",\"int\"]"}, {"[\"null\",\"int\"]", "[\"null\",\"long\"]"}, {"[\"int\",\"string\"]", "[\"string\",\"int\"]"}, {"[\"null\",\"int\"]", "\"int\""}, {"\"int\"", "\"string\""},
    {record("{\"name\":\"a\",\"type\":\"int\"}"), record("{\"name\":\"a\",\"type\":\"long\"},{\"name\":\"b\",\"type\":\"string\",\"default\":\"none\"}")},
    {record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"string\"]}},{\"name\":\"c\",\"type\":\"double\"}"), record("{\"name\":\"c\",\"type\":\"double\"}")},
    {record("{\"name\":\"a\",\"type\":\"int\"}"), record("{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]}")}, {record("{\"name\":\"a\",\"type\":\"int\"}"), record("{\"name\":\"b\",\"type\":\"int\"}")},
    {record("{\"name\":\"a\",\"type\":\"int\"}"), record("{\"name\":\"b\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"default\":[1,2]},{\"name\":\"u\",\"type\":[\"null\",\"int\",\"string\"],\"default\":null},{\"name\":\"a\",\"type\":[\"null\",\"int\"]}")},
    {record("{\"name\":\"z\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"x\",\"type\":[\"null\",\"S\"]}]}}},{\"name\":\"a\",\"type\":\"int\"}"), record("{\"name\":\"a\",\"type\":\"int\"}")},
    {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\",\"C\"]}", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"C\",\"A\"],\"default\":\"A\"}"}, {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}"},
    {"{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}"}, {"{\"type\":\"array\",\"items\":\"int\"}", "{\"type\":\"array\",\"items\":\"double\"}"}, {"{\"type\":\"map\",\"values\":\"int\"}", "{\"type\":\"map\",\"values\":[\"null\",\"int\"]}"},
  };

  static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}";
  }

  public static void main(String[] args) throws Exception {
    ENVELOPE.configure(Map.of("replace.null.with.default", "false"), false);
    primitives();
    logical();
    structs();
    for (int i = 0; i < SCHEMAS.length; ++i) to(SCHEMAS[i], 4, i);
    for (int i = 0; i < PAIRS.length; ++i) resolve(PAIRS[i][0], PAIRS[i][1], i);
  }
}
