// The plugin of the test doubles, and a third class, which hangs where a connector is made: that
// call has no configuration, so the environment names the file that releases it.
#include <cstdlib>

#include "tests/support/plugins/monitorable_sink.h"
#include "tests/support/plugins/monitorable_source.h"

namespace {

class InitializeBlockingConnector : public sluice::test::MonitorableSourceConnector {
 public:
  InitializeBlockingConnector() {
    const char* file = std::getenv("SLUICE_TEST_RELEASE");
    if (file != nullptr) sluice::test::AwaitFile(file);
  }
  static sluice::sdk::ClassInfo Describe() {
    sluice::sdk::ClassInfo info = MonitorableSourceConnector::Describe();
    info.name = "org.apache.kafka.connect.integration.InitializeBlockingConnector";
    return info;
  }
};

}  // namespace

SLUICE_PLUGIN("monitorable", "1.0", sluice::test::MonitorableSourceConnector,
              sluice::test::MonitorableSinkConnector, InitializeBlockingConnector)
