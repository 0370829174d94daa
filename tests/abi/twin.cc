// One source class with the same C++ names in several shared objects, which differ by TWIN_CLASS,
// TWIN_VERSION and TWIN_MARK. Each must run its own code on its own variables.
#include "connectors/sdk/plugin.h"

#define TEXT_OF_TOKEN(token) #token
#define TEXT_OF(macro) TEXT_OF_TOKEN(macro)

// All these have external linkage on purpose: without a version script the dynamic linker would
// make one of them.
namespace twin {

inline int started = 0;
int polls = 0;

struct Mark {
  static const char* Text() { return TEXT_OF(TWIN_MARK); }
  static int& Count() {
    static int count = 0;
    return count;
  }
};

class TwinTask : public sluice::sdk::SourceTask {
 public:
  void Start(const sluice::sdk::Config&) override { ++started; }
  void Poll(sluice::sdk::RecordBatch& batch, sluice::sdk::milliseconds) override {
    ++polls;
    ++Mark::Count();
    batch.Add("t").Text(
        {}, sluice::sdk::Cat(Mark::Text(), " ", started, " ", polls, " ", Mark::Count()));
  }
};

class TwinConnector : public sluice::sdk::SourceConnector {
 public:
  using Task = TwinTask;
  static sluice::sdk::ClassInfo Describe() { return {.name = TEXT_OF(TWIN_CLASS)}; }
};

}  // namespace twin

SLUICE_PLUGIN("twin", TEXT_OF(TWIN_VERSION), twin::TwinConnector)
