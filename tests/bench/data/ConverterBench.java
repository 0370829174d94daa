// What a record costs in the converters of Apache Kafka Connect, by the names of runtime/convert/convert_benchmark.cc and
// with its record. Avro: AvroData as Apicurio publishes it (Confluent's own is not in Maven Central), and around it what
// Confluent's serializers do for each record: the frame, and readers and writers kept by schema and id. Protobuf and JSON
// Schema: Confluent's own converters, where they are in the class path (--class-path), with their registry in memory.

import io.apicurio.registry.utils.converter.avro.AvroData;
import io.apicurio.registry.utils.converter.avro.AvroDataConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.converters.ByteArrayConverter;
import org.apache.kafka.connect.converters.LongConverter;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.StringConverter;

public class ConverterBench {
  static final String ORDER = "{\"orderid\":18,\"ordertime\":1497014222380,\"itemid\":\"Item_184\",\"units\":7.31,"
      + "\"address\":{\"city\":\"Mountain View\",\"zip\":94041}}";
  static final String SCHEMA = "{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"optional\":false,\"field\":\"orderid\"},"
      + "{\"type\":\"int64\",\"optional\":false,\"field\":\"ordertime\"},"
      + "{\"type\":\"string\",\"optional\":false,\"field\":\"itemid\"},"
      + "{\"type\":\"double\",\"optional\":false,\"field\":\"units\"},"
      + "{\"type\":\"struct\",\"fields\":[{\"type\":\"string\",\"optional\":true,\"field\":\"city\"},"
      + "{\"type\":\"int64\",\"optional\":true,\"field\":\"zip\"}],\"optional\":false,\"field\":\"address\"}],"
      + "\"optional\":false,\"name\":\"order\"}";

  // What a converter of Confluent's is to AvroData.
  static class AvroConverter implements Converter {
    static final int ID = 1;
    final AvroData data = new AvroData(new AvroDataConfig(Map.of()));
    final Map<org.apache.avro.Schema, Integer> ids = new ConcurrentHashMap<>();
    final Map<Integer, org.apache.avro.Schema> schemas = new ConcurrentHashMap<>();
    final Map<org.apache.avro.Schema, GenericDatumWriter<Object>> writers = new ConcurrentHashMap<>();
    final Map<org.apache.avro.Schema, GenericDatumReader<Object>> readers = new ConcurrentHashMap<>();

    @Override
    public void configure(Map<String, ?> config, boolean key) {}

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      Object datum = data.fromConnectData(schema, value);
      org.apache.avro.Schema avro = ((GenericContainer) datum).getSchema();
      int id = ids.computeIfAbsent(avro, fresh -> {
        schemas.put(ID, fresh);
        return ID;
      });
      try {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.write(ByteBuffer.allocate(4).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        writers.computeIfAbsent(avro, GenericDatumWriter::new).write(datum, encoder);
        encoder.flush();
        return out.toByteArray();
      } catch (java.io.IOException error) {
        throw new IllegalStateException(error);
      }
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      if (buffer.get() != 0) throw new IllegalArgumentException("Unknown magic byte!");
      org.apache.avro.Schema avro = schemas.get(buffer.getInt());
      try {
        GenericDatumReader<Object> reader = readers.computeIfAbsent(avro, GenericDatumReader::new);
        Object datum = reader.read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        return data.toConnectData(avro, datum);
      } catch (java.io.IOException error) {
        throw new IllegalStateException(error);
      }
    }
  }

  // Null: it is not in the class path.
  static Converter confluent(String name) throws Exception {
    try {
      Converter converter = (Converter) Class.forName("io.confluent.connect." + name).getDeclaredConstructor().newInstance();
      converter.configure(Map.of("schema.registry.url", "mock://bench"), false);
      return converter;
    } catch (ClassNotFoundException missing) {
      return null;
    }
  }

  static Converter make(Converter converter, boolean schemas) {
    Map<String, Object> config = new HashMap<>();
    config.put("schemas.enable", schemas);
    converter.configure(config, false);
    return converter;
  }

  static void add(Bench bench, String name, Converter converter, Schema schema, Object value) {
    byte[] bytes = converter.fromConnectData("t", schema, value);
    bench.add(name + "/in", () -> converter.toConnectData("t", bytes));
    bench.add(name + "/out", () -> converter.fromConnectData("t", schema, value));
  }

  public static void main(String[] arguments) throws Exception {
    Converter bare = make(new JsonConverter(), false), enveloped = make(new JsonConverter(), true);
    byte[] text = ORDER.getBytes(StandardCharsets.UTF_8);
    Object map = bare.toConnectData("t", text).value();
    SchemaAndValue order = enveloped.toConnectData(
        "t", ("{\"schema\":" + SCHEMA + ",\"payload\":" + ORDER + "}").getBytes(StandardCharsets.UTF_8));
    Bench bench = new Bench();
    add(bench, "JsonConverter", bare, null, map);
    add(bench, "JsonConverter, schemas", enveloped, order.schema(), order.value());
    add(bench, "AvroConverter", new AvroConverter(), order.schema(), order.value());
    for (String name : new String[] {"protobuf.ProtobufConverter", "json.JsonSchemaConverter"}) {
      Converter converter = confluent(name);
      if (converter != null) add(bench, name.substring(name.indexOf('.') + 1), converter, order.schema(), order.value());
    }
    Converter string = make(new StringConverter(), false);
    add(bench, "StringConverter", string, null, ORDER);
    add(bench, "ByteArrayConverter", make(new ByteArrayConverter(), false), null, text);
    add(bench, "LongConverter", make(new LongConverter(), false), null, 1497014222380L);
    bench.add("StringConverter/struct out", () -> string.fromConnectData("t", order.schema(), order.value()));
    bench.run(arguments);
  }
}
