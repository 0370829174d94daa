// A plugin that hangs when it is asked what it is, until the file exists that the environment
// names.
#include <cstdlib>

#include "tests/support/plugins/monitorable_source.h"

namespace {

class ConfigBlockingConnector : public sluice::test::MonitorableSourceConnector {
 public:
  static sluice::sdk::ClassInfo Describe() {
    const char* file = std::getenv("SLUICE_TEST_RELEASE");
    if (file != nullptr) sluice::test::AwaitFile(file);
    sluice::sdk::ClassInfo info = MonitorableSourceConnector::Describe();
    info.name = "org.apache.kafka.connect.integration.ConfigBlockingConnector";
    return info;
  }
};

}  // namespace

SLUICE_PLUGIN("describe-blocking", "1.0", ConfigBlockingConnector)
