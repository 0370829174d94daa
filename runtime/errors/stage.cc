#include "runtime/errors/stage.h"

namespace sluice::errors {

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kTaskPoll:
      return "TASK_POLL";
    case Stage::kTaskPut:
      return "TASK_PUT";
    case Stage::kTransformation:
      return "TRANSFORMATION";
    case Stage::kKeyConverter:
      return "KEY_CONVERTER";
    case Stage::kValueConverter:
      return "VALUE_CONVERTER";
    case Stage::kHeaderConverter:
      return "HEADER_CONVERTER";
    case Stage::kKafkaProduce:
      return "KAFKA_PRODUCE";
    case Stage::kKafkaConsume:
      return "KAFKA_CONSUME";
  }
  return "UNKNOWN";
}

}  // namespace sluice::errors
