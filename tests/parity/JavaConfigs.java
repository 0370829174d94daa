// Prints every configuration key of the peer's workers and clients, a line each with tabs between:
// who, name, type, required, default, importance. runtime/config/peer_keys_test.cc compares ours.
//   java -cp "$SLUICE_KAFKA_HOME/*" tests/parity/JavaConfigs.java > runtime/config/testdata/peer_keys.tsv
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.runtime.distributed.Crypto;

public class JavaConfigs {
  // Of a worker a static method makes it, with the JVM's cryptography; of the others a field holds it.
  static ConfigDef definition(String name) throws Exception {
    Class<?> of = Class.forName(name);
    for (Method method : of.getDeclaredMethods()) {
      if (method.getReturnType() != ConfigDef.class || !Modifier.isStatic(method.getModifiers())) continue;
      method.setAccessible(true);
      Class<?>[] types = method.getParameterTypes();
      if (types.length == 0) return (ConfigDef) method.invoke(null);
      if (types.length == 1 && types[0] == Crypto.class) return (ConfigDef) method.invoke(null, Crypto.SYSTEM);
    }
    for (Field field : of.getDeclaredFields()) {
      if (field.getType() != ConfigDef.class || !Modifier.isStatic(field.getModifiers())) continue;
      field.setAccessible(true);
      return (ConfigDef) field.get(null);
    }
    throw new IllegalStateException("no definition in " + name);
  }

  static String text(ConfigDef.ConfigKey key) {
    if (!key.hasDefault() || key.defaultValue == null) return "null";
    return "=" + ConfigDef.convertToString(key.defaultValue, key.type).replace("\n", " ");
  }

  static void print(String who, String name) throws Exception {
    Map<String, ConfigDef.ConfigKey> keys = new TreeMap<>(definition(name).configKeys());
    for (ConfigDef.ConfigKey key : keys.values()) {
      System.out.println(String.join("\t", who, key.name, key.type.name(), key.hasDefault() ? "-" : "required",
          text(key), key.importance.name().toUpperCase(Locale.ROOT)));
    }
  }

  public static void main(String[] args) throws Exception {
    print("distributed", "org.apache.kafka.connect.runtime.distributed.DistributedConfig");
    print("standalone", "org.apache.kafka.connect.runtime.standalone.StandaloneConfig");
    print("producer", "org.apache.kafka.clients.producer.ProducerConfig");
    print("consumer", "org.apache.kafka.clients.consumer.ConsumerConfig");
    print("admin", "org.apache.kafka.clients.admin.AdminClientConfig");
  }
}
