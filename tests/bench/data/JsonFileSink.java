// A sink for the peer that writes what Sluice's FileStreamSink with format=json writes: a line of JSON for each record.

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

public class JsonFileSink extends SinkConnector {
  private Map<String, String> config;

  @Override
  public void start(Map<String, String> config) {
    this.config = config;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Writer.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int max) {
    return Collections.singletonList(config);
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef().define("file", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "File to append to.");
  }

  @Override
  public String version() {
    return "1";
  }

  public static class Writer extends SinkTask {
    private final JsonConverter json = new JsonConverter();
    private OutputStream out;

    @Override
    public void start(Map<String, String> config) {
      json.configure(Map.of("schemas.enable", false, "decimal.format", "NUMERIC"), false);
      try {
        out = new BufferedOutputStream(new FileOutputStream(config.get("file"), true), 1 << 16);
      } catch (IOException error) {
        throw new ConnectException(error);
      }
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      try {
        for (SinkRecord record : records) {
          out.write(json.fromConnectData(record.topic(), record.valueSchema(), record.value()));
          out.write('\n');
        }
        out.flush();
      } catch (IOException error) {
        throw new ConnectException(error);
      }
    }

    @Override
    public void flush(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void stop() {
      try {
        if (out != null) out.close();
      } catch (IOException error) {
        throw new ConnectException(error);
      }
    }

    @Override
    public String version() {
      return "1";
    }
  }
}
