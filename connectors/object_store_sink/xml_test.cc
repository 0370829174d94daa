#include "connectors/object_store_sink/xml.h"

#include <gtest/gtest.h>

namespace sluice::object_store_sink {
namespace {

TEST(XmlTest, FindsTheTextOfAnElement) {
  const std::string document =
      "<?xml version=\"1.0\"?>\n<InitiateMultipartUploadResult xmlns=\"http://s3\">"
      "<Bucket>b</Bucket><Key>a&amp;b &#x41;&#66;</Key><UploadId>x-1</UploadId><Empty/>"
      "</InitiateMultipartUploadResult>";
  EXPECT_EQ(XmlText(document, "UploadId"), "x-1");
  EXPECT_EQ(XmlText(document, "Key"), "a&b AB");
  EXPECT_EQ(XmlText(document, "Empty"), "");
  EXPECT_EQ(XmlText(document, "Upload"), "");
  EXPECT_EQ(XmlRoot(document), "InitiateMultipartUploadResult");
}

TEST(XmlTest, WhatIsBrokenIsNothing) {
  EXPECT_EQ(XmlText("<UploadId", "UploadId"), "");
  EXPECT_EQ(XmlText("<UploadId>abc", "UploadId"), "");
  EXPECT_EQ(XmlText("", "UploadId"), "");
  EXPECT_EQ(XmlRoot("no xml"), "");
  EXPECT_EQ(XmlText("<A>&bogus; &</A>", "A"), "&bogus; &");
}

TEST(XmlTest, Escapes) { EXPECT_EQ(XmlEscape("<a&\"b\">\n"), "&lt;a&amp;&quot;b&quot;&gt;&#10;"); }

}  // namespace
}  // namespace sluice::object_store_sink
