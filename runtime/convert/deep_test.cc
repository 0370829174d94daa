// Data and schemas as deep as the decoders' bounds allow, and deeper: an answer or an error, within
// the stack of a task's thread (thread_supervisor.cc).
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/json_read.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/record/batch_memory.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/values.h"

namespace sluice::convert {
namespace {

constexpr size_t kTaskStackBytes = 8 << 20;
constexpr int kLevels[] = {300, 500, 800, 1'000, 1'500, 5'000};

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

void* Call(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

void OnATasksThread(std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kTaskStackBytes), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, Call, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

void ReadAvro(const std::string& text) {
  const auto document = avro::ParseSchema(text);
  ASSERT_TRUE(document.ok()) << document.status();
  (void)avro::ToConnectSchema(*(*document)->root(), std::nullopt, avro::AvroOptions());
}

void ReadJsonSchemaText(const std::string& text) {
  const auto document = json_schema::Document::Parse(text, {});
  if (!document.ok()) return;
  (void)json_schema::ToConnectSchema(**document, std::nullopt, json_schema::Options());
}

TEST(DeepTest, Headers) {
  OnATasksThread([] {
    for (const int levels : kLevels) {
      record::BatchMemory memory;
      (void)record::ParseValueText(Times(levels, "[") + Times(levels, "]"), memory);
      (void)record::ParseValueText(Times(levels, "{\"a\":") + "1" + Times(levels, "}"), memory);
    }
  });
}

TEST(DeepTest, EnvelopesOfJson) {
  OnATasksThread([] {
    for (const int levels : kLevels) {
      record::BatchMemory memory;
      record::JsonReader reader;
      const std::string text =
          Times(levels, R"({"type":"array","items":)") + R"({"type":"int32"})" + Times(levels, "}");
      const auto node = reader.Read(text, record::JsonNumbers::kText, memory.arena());
      if (node.ok()) (void)ReadJsonSchema(*node, JsonReadOptions(), memory);
    }
  });
}

// Types 0 to n-1, each of which contains the next one, and the last one the first.
TEST(DeepTest, AvroTypesThatContainEachOther) {
  OnATasksThread([] {
    for (const int types : {2, 5, 20, 60}) {
      for (const bool in_arrays : {false, true}) {
        std::string text = R"(["null","t0"])";
        for (int i = types - 1; i >= 0; --i) {
          if (in_arrays) text = StrCat(R"(["null",{"type":"array","items":)", text, "}]");
          text = StrCat(R"({"type":"record","name":"t)", i, R"(","fields":[{"name":"f","type":)",
                        text, "}]}");
          if (i > 0) text = StrCat(R"(["null",)", text, "]");
        }
        ReadAvro(text);
      }
    }
  });
}

TEST(DeepTest, JsonSchemasThatContainThemselves) {
  OnATasksThread([] {
    for (const int types : {2, 5, 20, 60, 300}) {
      for (const char* way :
           {R"({"$ref":"#/definitions/t)", R"({"type":"array","items":{"$ref":"#/definitions/t)",
            R"({"oneOf":[{"type":"null"},{"$ref":"#/definitions/t)"}) {
        const std::string_view how(way);
        const char* end = how.find("array") != how.npos   ? "\"}}"
                          : how.find("oneOf") != how.npos ? "\"}]}"
                                                          : "\"}";
        std::string definitions;
        for (int i = 0; i < types; ++i) {
          definitions +=
              StrCat(i > 0 ? "," : "", "\"t", i, R"(":{"type":"object","properties":{"f":)", way,
                     (i + 1) % types, end, "}}");
        }
        ReadJsonSchemaText(
            StrCat(R"({"$ref":"#/definitions/t0","definitions":{)", definitions, "}}"));
      }
    }
  });
}

TEST(DeepTest, ChainsInJsonSchemas) {
  OnATasksThread([] {
    for (const int links : {200, 500, 3'000}) {
      for (const bool all_of : {false, true}) {
        std::string definitions;
        for (int i = 0; i < links; ++i) {
          const std::string next = StrCat(R"({"$ref":"#/definitions/t)", i + 1, "\"}");
          definitions +=
              StrCat("\"t", i, "\":", all_of ? StrCat(R"({"allOf":[)", next, "]}") : next, ",");
        }
        ReadJsonSchemaText(StrCat(R"({"allOf":[{"$ref":"#/definitions/t0"}],"definitions":{)",
                                  definitions, "\"t", links, R"(":{"type":"string"}}})"));
      }
    }
  });
}

}  // namespace
}  // namespace sluice::convert
