#include "runtime/worker/connector_file.h"

#include <gtest/gtest.h>

namespace sluice::worker {
namespace {

TEST(ConnectorFile, ThreeFormsSayTheSame) {
  for (const char* text :
       {R"({"name":"fs","connector.class":"X","tasks.max":1})",
        R"({"name":"fs","config":{"connector.class":"X","tasks.max":"1"},"more":[]})",
        R"({"config":{"name":"fs","connector.class":"X","tasks.max":"1"}})",
        "# comment\nname=fs\nconnector.class=X\ntasks.max = 1\n"}) {
    const auto request = ParseConnectorFile(text, "f");
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->name, "fs");
    EXPECT_EQ(request->config.values,
              (config::ConfigMap{{"name", "fs"}, {"connector.class", "X"}, {"tasks.max", "1"}}));
  }
}

TEST(ConnectorFile, HasAnInitialState) {
  const auto request =
      ParseConnectorFile(R"({"name":"fs","config":{},"initial_state":"paused"})", "f");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->initial_state, "PAUSED");
}

TEST(ConnectorFile, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "f: "},
      {"[1]", "f: expected a JSON object"},
      {"{}", "f: the connector has no name"},
      {"a=b\n", "f: the connector has no name"},
      {R"({"name":"a","config":{"name":"b"}})", "f: the connector is called a"},
      {R"({"name":"a","x":[1]})", "f: the value of \"x\" must be"},
      {R"({"name":"a","config":{},"initial_state":"UP"})", "f: initial_state is \"UP\""},
  };
  for (const auto& [text, error] : cases) {
    const auto request = ParseConnectorFile(text, "f");
    ASSERT_FALSE(request.ok()) << text;
    EXPECT_EQ(Message(request.status()).find(error), 0u) << request.status();
  }
  EXPECT_FALSE(ReadConnectorFile("/no/such/file").ok());
}

}  // namespace
}  // namespace sluice::worker
