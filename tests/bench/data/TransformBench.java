// What a record costs in the transforms of Apache Kafka Connect, by the names of runtime/transform/transform_benchmark.cc,
// with the settings and records of runtime/transform/sample_records.h. Those of public collections (Debezium's, Aiven's): where
// they are in the class path.

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;

public class TransformBench {
  static final String PACKAGE = "org.apache.kafka.connect.transforms.";
  static final String DEBEZIUM = "io.debezium.transforms.", AIVEN = "io.aiven.kafka.connect.transforms.";

  static final Schema ADDRESS = SchemaBuilder.struct().field("city", Schema.OPTIONAL_STRING_SCHEMA)
      .field("zip", Schema.INT64_SCHEMA).build();
  static final Schema ORDER = SchemaBuilder.struct().name("Order").field("id", Schema.INT32_SCHEMA)
      .field("time", Schema.INT64_SCHEMA).field("text", Schema.STRING_SCHEMA).field("item", Schema.OPTIONAL_STRING_SCHEMA)
      .field("units", Schema.FLOAT64_SCHEMA).field("address", ADDRESS).build();
  static final Schema NUMBER = SchemaBuilder.struct().field("number", Schema.INT64_SCHEMA).build();
  static final Schema ROW = SchemaBuilder.struct().optional().field("city", Schema.OPTIONAL_STRING_SCHEMA)
      .field("zip", Schema.INT64_SCHEMA).build();
  static final Schema SOURCE = SchemaBuilder.struct().field("table", Schema.STRING_SCHEMA).build();
  static final Schema EVENT = SchemaBuilder.struct().name("shop.addresses.Envelope").field("before", ROW).field("after", ROW)
      .field("source", SOURCE).field("op", Schema.STRING_SCHEMA).build();

  static SinkRecord record(Schema keySchema, Object key, Schema schema, Object value) {
    ConnectHeaders headers = new ConnectHeaders();
    if (schema != EVENT) headers.add("a", "x", null).add("b", "y", null);
    return new SinkRecord("t", 3, keySchema, key, schema, value, 17, 1000L, TimestampType.CREATE_TIME, headers);
  }

  static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) map.put((String) entries[i], entries[i + 1]);
    return map;
  }

  static final SinkRecord BARE = record(null, map("number", 94041L), null,
      map("id", 18, "time", 1497014222380L, "text", "2017-06-09 13:17:02", "item", "Item_184", "units", 7.31, "address",
          map("city", "Mountain View", "zip", 94041L)));
  static final SinkRecord TYPED = record(NUMBER, new Struct(NUMBER).put("number", 94041L), ORDER,
      new Struct(ORDER).put("id", 18).put("time", 1497014222380L).put("text", "2017-06-09 13:17:02").put("item", "Item_184")
          .put("units", 7.31).put("address", new Struct(ADDRESS).put("city", "Mountain View").put("zip", 94041L)));
  static final SinkRecord CHANGE = record(NUMBER, new Struct(NUMBER).put("number", 94041L), EVENT,
      new Struct(EVENT).put("after", new Struct(ROW).put("city", "Mountain View").put("zip", 94041L))
          .put("source", new Struct(SOURCE).put("table", "Mountain View")).put("op", "c"));

  static final Bench BENCH = new Bench();

  // Named as there: NAME/bare and NAME/schema, or NAME/event.
  static void add(String name, String type, String settings, String... forms) throws Exception {
    for (String form : forms) {
      SinkRecord record = form.equals("bare") ? BARE : form.equals("event") ? CHANGE : TYPED;
      Transformation<SinkRecord> transform = make(type);
      if (transform == null) continue;  // its jar is not there
      Map<String, String> config = new LinkedHashMap<>();
      for (String one : settings.isEmpty() ? new String[0] : settings.split(";")) {
        config.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
      }
      transform.configure(config);
      // ExtractNewRecordState adds to the headers of the record that it is given, Hash writes into its value.
      Runnable asItWas = record == CHANGE ? () -> record.headers().clear()
          : name.startsWith("Hash") ? () -> ((Struct) record.value()).put("item", "Item_184") : null;
      BENCH.add(name + "/" + form, asItWas == null ? () -> transform.apply(record) : () -> {
        asItWas.run();
        return transform.apply(record);
      });
    }
  }

  @SuppressWarnings("unchecked")
  static Transformation<SinkRecord> make(String type) throws Exception {
    try {
      return (Transformation<SinkRecord>) Class.forName(type).getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException missing) {
      return null;
    }
  }

  static void of(String name, String settings, String... forms) throws Exception {
    add(name, PACKAGE + name, settings, forms.length == 0 ? new String[] {"bare", "schema"} : forms);
  }

  public static void main(String[] arguments) throws Exception {
    of("Cast$Value", "spec=id:string,units:int32,item:string");
    of("DropHeaders", "headers=a");
    of("ExtractField$Value", "field=address.city;field.syntax.version=V2");
    of("Filter", "");
    of("Flatten$Value", "");
    of("HeaderFrom$Value", "fields=id,item;headers=h,i;operation=move");
    of("HoistField$Value", "field=order");
    of("InsertField$Value", "topic.field=topic;timestamp.field=ts");
    of("InsertHeader", "header=h;value.literal=1");
    of("MaskField$Value", "fields=item,units");
    of("RegexRouter", "regex=(.*);replacement=x-$1");
    of("ReplaceField$Value", "exclude=units;renames=id:order_id");
    of("SetSchemaMetadata$Value", "schema.name=Other", "schema");
    String type = PACKAGE + "TimestampConverter$Value";
    add("TimestampConverter$Value/to string", type, "field=time;target.type=string;format=yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "bare",
        "schema");
    add("TimestampConverter$Value/to Timestamp", type, "field=text;target.type=Timestamp;format=yyyy-MM-dd HH:mm:ss", "bare",
        "schema");
    of("TimestampRouter", "");
    of("ValueToKey", "fields=id,item");
    add("ByLogicalTableRouter", DEBEZIUM + "ByLogicalTableRouter", "topic.regex=(.*);topic.replacement=all-$1", "event");
    add("ExtractNewRecordState", DEBEZIUM + "ExtractNewRecordState",
        "add.fields=op,table;add.headers=op;delete.tombstone.handling.mode=rewrite", "event");
    String[] both = {"bare", "schema"};
    add("ConcatFields$Value", AIVEN + "ConcatFields$Value", "field.names=item,text;output.field.name=both", both);
    add("ExtractTimestamp$Value", AIVEN + "ExtractTimestamp$Value", "field.name=time", both);
    add(AIVEN + "ExtractTopic$Value", AIVEN + "ExtractTopic$Value", "field.name=time", both);
    add("FilterByFieldValue$Value", AIVEN + "FilterByFieldValue$Value", "field.name=item;field.value.pattern=^Item_", both);
    add("Hash$Value", AIVEN + "Hash$Value", "function=sha256;field.name=item", "schema");
    add("KeyToValue", AIVEN + "KeyToValue", "key.fields=number", both);
    add("MakeTombstone", AIVEN + "MakeTombstone", "", both);
    BENCH.run(arguments);
  }
}
