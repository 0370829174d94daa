#include "runtime/plugin/class_index.h"

#include <gtest/gtest.h>

#include "runtime/base/status.h"

namespace sluice::plugin {
namespace {

ClassInfo Class(std::string name, std::string version) {
  ClassInfo info;
  info.name = std::move(name);
  info.version = std::move(version);
  return info;
}

TEST(ClassIndexTest, FindsByNameAliasAndVersion) {
  const ClassIndex index(
      {Class("a.FileConnector", "1.0"), Class("a.FileConnector", "1.10"), Class("b.Other", "2.0")});
  EXPECT_EQ(index.Find("a.FileConnector", "")->version, "1.10");
  EXPECT_EQ(index.Find("FileConnector", "[1.0]")->version, "1.0");
  EXPECT_EQ(index.Find("File", "")->name, "a.FileConnector");
  EXPECT_EQ(Message(index.Find("Gone", "").status()),
            "Failed to find any class that implements Connector and which name matches Gone, "
            "available connectors are: a.FileConnector 1.0, a.FileConnector 1.10, b.Other 2.0");
}

TEST(ClassIndexTest, AnAliasOfSeveralClassesNamesThem) {
  const ClassIndex index(
      {Class("c.File", "1"), Class("a.File", "1"), Class("b.File", "1"), Class("a.File", "2")});
  EXPECT_EQ(Message(index.Find("File", "").status()),
            "More than one connector matches alias File. Please use full package and class name "
            "instead. Classes found: a.File, b.File, c.File");
  EXPECT_EQ(index.Find("a.File", "")->version, "2");
  EXPECT_TRUE(index.classes()[0].aliases.empty());
}

}  // namespace
}  // namespace sluice::plugin
