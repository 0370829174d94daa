// The floor of the benchmark: librdkafka alone, with the client settings of the worker, moving the same records.
//   raw_client produce BROKER TOPIC FILE      one record a line
//   raw_client consume BROKER TOPIC FILE N    N records from partition 0, one a line
// Prints nothing; the bench takes its CPU time from the process's usage.
#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>

namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "raw_client: %s\n", what);
  std::exit(1);
}

rd_kafka_t* NewClient(rd_kafka_type_t type, const char* broker,
                      std::initializer_list<std::pair<const char*, const char*>> settings) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", broker, error, sizeof error);
  for (auto& [key, value] : settings) {
    if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK) Die(error);
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof error);
  if (client == nullptr) Die(error);
  return client;
}

int Produce(const char* broker, const char* topic_name, const char* path) {
  rd_kafka_t* client = NewClient(RD_KAFKA_PRODUCER, broker,
                                 {{"acks", "all"},
                                  {"enable.idempotence", "true"},
                                  {"linger.ms", "5"},
                                  {"partitioner", "murmur2_random"},
                                  {"message.max.bytes", "1048576"},
                                  {"queue.buffering.max.kbytes", "32768"},
                                  {"queue.buffering.max.messages", "100000"}});
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, topic_name, nullptr);
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) Die("cannot open the file");
  char* line = nullptr;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, file)) > 0) {
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, line,
                            static_cast<size_t>(length - 1), nullptr, 0, nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) Die("produce failed");
      rd_kafka_poll(client, 100);
    }
    rd_kafka_poll(client, 0);
  }
  if (rd_kafka_flush(client, 60000) != RD_KAFKA_RESP_ERR_NO_ERROR) Die("flush failed");
  std::fclose(file);
  return 0;
}

int Consume(const char* broker, const char* topic_name, const char* path, long count) {
  rd_kafka_t* client =
      NewClient(RD_KAFKA_CONSUMER, broker,
                {{"group.id", "raw"}, {"check.crcs", "true"}, {"fetch.queue.backoff.ms", "10"},
                 {"fetch.max.bytes", "8388608"}, {"queued.max.messages.kbytes", "8192"},
                 {"queued.min.messages", "131072"}, {"enable.auto.commit", "false"}});
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, topic_name, nullptr);
  rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_BEGINNING);
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) Die("cannot create the file");
  rd_kafka_message_t* messages[1000];
  for (long done = 0; done < count;) {
    ssize_t n = rd_kafka_consume_batch(topic, 0, 1000, messages, 1000);
    for (ssize_t i = 0; i < n; ++i) {
      if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        std::fwrite(messages[i]->payload, 1, messages[i]->len, file);
        std::fputc('\n', file);
        ++done;
      }
      rd_kafka_message_destroy(messages[i]);
    }
  }
  std::fclose(file);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "produce") == 0) return Produce(argv[2], argv[3], argv[4]);
  if (argc == 6 && std::strcmp(argv[1], "consume") == 0) {
    return Consume(argv[2], argv[3], argv[4], std::atol(argv[5]));
  }
  Die("usage: raw_client produce BROKER TOPIC FILE | consume BROKER TOPIC FILE COUNT");
}
