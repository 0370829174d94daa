#include "connectors/http_sink/renderer.h"

#include <gtest/gtest.h>

#include "connectors/http_sink/sink_fixture.h"

namespace sluice::http_sink {
namespace {

using sdk::String;

struct Rendered {
  TargetPtr target;  // nullptr: not to be sent
  std::string body;
};

Rendered Render(sdk::Config::Map given, const sluice_value& key, const sluice_value& value,
                std::vector<sluice_header> headers = {}) {
  const SinkConfig config = Read(std::move(given));
  Renderer renderer(config);
  OneRecord one(key, value);
  one.record.headers = headers.data();
  one.record.header_count = headers.size();
  const sdk::SinkBatch batch = one.view();
  Rendered rendered;
  rendered.target = renderer.Render(batch[0], rendered.body).value_or(nullptr);
  return rendered;
}

const sluice_map_entry kEntries[] = {{String("id"), sdk::Int32(5)},
                                     {String("name"), String("a\"b/c")}};
const sluice_value kMap = abi::Map(kEntries, 2);

TEST(RendererTest, PlainTextIsPassedOn) {
  const auto plain = [](const sluice_value& value) {
    std::string out;
    AppendPlain(out, value);
    return out;
  };
  EXPECT_EQ(plain(String("a\"b")), "a\"b");
  EXPECT_EQ(plain(sdk::Bytes("\xff")), "\xff");
  EXPECT_EQ(plain(sdk::Null()), "");
  EXPECT_EQ(plain(sdk::Int64(5)), "5");
}

TEST(RendererTest, AValueIsTheBody) {
  EXPECT_EQ(Render({}, sdk::Null(), String("plain")).body, "plain");
  EXPECT_EQ(Render({}, sdk::Null(), sdk::Bytes("\xff")).body, "\xff");
  EXPECT_EQ(Render({}, sdk::Null(), kMap).body, R"({"id":5,"name":"a\"b/c"})");
  EXPECT_EQ(Render({}, sdk::Null(), sdk::Int64(5)).body, "5");
  EXPECT_EQ(Render({{"request.body.format", "json"}}, sdk::Null(), String("plain")).body,
            "\"plain\"");
}

TEST(RendererTest, MethodsAndDecimals) {
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    EXPECT_EQ(Render({{"request.method", method}}, sdk::Null(), String("x")).target->method,
              method);
  }
  const uint8_t bytes[] = {0x04, 0xE2};
  const sluice_decimal price{2, 2, bytes};
  EXPECT_EQ(Render({}, sdk::Null(), abi::Decimal(&price)).body, "\"BOI=\"");
  EXPECT_EQ(Render({{"decimal.format", "numeric"}}, sdk::Null(), abi::Decimal(&price)).body,
            "12.50");
}

TEST(RendererTest, AnotherBatchKeyIsAnotherTarget) {
  const SinkConfig config = Read({{"batch.key.pattern", "${key}-${value.id}"}});
  Renderer renderer(config);
  std::string body;
  const auto target = [&](const char* key) {
    OneRecord one(String(key), kMap);
    const sdk::SinkBatch batch = one.view();
    return *renderer.Render(batch[0], body);
  };
  EXPECT_EQ(target("a")->batch_key, "a-5");
  EXPECT_TRUE(*target("a") == *target("a"));
  EXPECT_FALSE(*target("a") == *target("b"));
}

TEST(RendererTest, UrlsAreMadeOfRecords) {
  const auto url = [](const char* text, const sluice_value& key, const sluice_value& value) {
    return Render({{"http.url", text}}, key, value).target->url;
  };
  EXPECT_EQ(url("http://h/${topic}/${partition}/${offset}?t=${timestamp}", sdk::Null(), kMap),
            "http://h/orders/2/7?t=1500");
  EXPECT_EQ(url("http://h/${key}", String("a b/c?d"), kMap), "http://h/a%20b%2Fc%3Fd");
  EXPECT_EQ(url("http://h/${value.id}/${value.name}", sdk::Null(), kMap), "http://h/5/a%22b%2Fc");
  EXPECT_EQ(url("http://h/${key.id}", kMap, kMap), "http://h/5");
}

TEST(RendererTest, WhatWouldMakeAnotherUrlIsABadRecord) {
  const auto bad = [](const char* text, const sluice_value& key) {
    EXPECT_THROW(Render({{"http.url", text}}, key, kMap), sdk::DataException) << text;
  };
  bad("http://h/${key}", sdk::Null());
  bad("http://h/${json:key}", sdk::Null());
  bad("http://h/${key}", String(""));
  bad("http://h/a/${key}", String(".."));
  bad("http://h/${key.id}", String("text"));
  bad("http://h/${value.none}", sdk::Null());
  bad("http://h/${header.none}", sdk::Null());
}

TEST(RendererTest, AHostThatIsNoneIsABadRecord) {
  const auto url = [](const char* host) {
    return Render({{"http.url", "http://${key}/in"}}, String(host), kMap).target->url;
  };
  EXPECT_EQ(url("h.example.com"), "http://h.example.com/in");
  EXPECT_THROW(url("a host"), sdk::DataException);
  EXPECT_THROW(url("a/b"), sdk::DataException);
}

TEST(RendererTest, TheKeyOfADeleteStandsBeforeTheQuery) {
  const auto url = [](const char* text) {
    return Render({{"http.url", text}, {"behavior.on.null.values", "delete"}}, String("a?b"),
                  sdk::Null())
        .target->url;
  };
  EXPECT_EQ(url("http://h/items?token=x"), "http://h/items/a%3Fb?token=x");
  EXPECT_EQ(url("http://h/items/?v=1#f"), "http://h/items/a%3Fb?v=1#f");
  EXPECT_EQ(url("http://h/items#f"), "http://h/items/a%3Fb#f");
  EXPECT_EQ(url("http://h?v=1"), "http://h/a%3Fb?v=1");
}

TEST(RendererTest, HeadersMayBeMadeOfRecords) {
  const std::vector<sluice_header> headers = {{abi::Str("trace"), nullptr, String("old")},
                                              {abi::Str("trace"), nullptr, String("new")}};
  const Rendered rendered =
      Render({{"http.headers.additional", "X-Trace:${header.trace},X-Fixed:1"},
              {"headers", "X-Topic:${topic}|X-None:${header.none}"},
              {"http.headers.content.type", "text/plain"}},
             sdk::Null(), String("v"), headers);
  const http::Headers& sent = rendered.target->headers;
  EXPECT_EQ(*http::FindHeader(sent, "x-trace"), "new");
  EXPECT_EQ(*http::FindHeader(sent, "x-fixed"), "1");
  EXPECT_EQ(*http::FindHeader(sent, "x-topic"), "orders");
  EXPECT_EQ(*http::FindHeader(sent, "x-none"), "");
  EXPECT_EQ(*http::FindHeader(sent, "content-type"), "text/plain");
  EXPECT_THROW(
      Render({{"http.headers.additional", "X-Key:${key}"}}, String("a\r\nX-Admin: 1"), kMap),
      sdk::DataException);
}

TEST(RendererTest, ABodyMayBeATemplate) {
  EXPECT_EQ(
      Render(
          {{"request.body.template",
            R"({"topic":"${topic}","name":${json:value.name},"raw":"${value.id}","none":"${key}"})"}},
          sdk::Null(), kMap)
          .body,
      R"({"topic":"orders","name":"a\"b/c","raw":"5","none":""})");
}

TEST(RendererTest, RegexesComeLastAndMayUseTheRecord) {
  EXPECT_EQ(
      Render({{"regex.patterns", "^~$"}, {"regex.replacements", "{\"k\":\"${key}\",\"v\":~}"}},
             String("$1"), String("7"))
          .body,
      "{\"k\":\"$1\",\"v\":7}");
}

TEST(RendererTest, RecordsWithoutAValue) {
  EXPECT_THROW(Render({}, String("k"), sdk::Null()), sdk::DataException);
  EXPECT_EQ(Render({{"behavior.on.null.values", "ignore"}}, String("k"), sdk::Null()).target,
            nullptr);
  EXPECT_EQ(Render({{"http.api.url", "http://h/"}}, String("k"), sdk::Null()).target, nullptr);
  const Rendered behind = Render({{"http.url", "http://h/items"},
                                  {"behavior.on.null.values", "delete"},
                                  {"http.headers.content.type", "text/plain"}},
                                 String("a b"), sdk::Null());
  EXPECT_EQ(behind.target->method, "DELETE");
  EXPECT_EQ(behind.target->url, "http://h/items/a%20b");
  EXPECT_EQ(http::FindHeader(behind.target->headers, "Content-Type"), nullptr);
  EXPECT_EQ(behind.body, "");
  EXPECT_EQ(Render({{"batch.key.pattern", "${value.id}"}, {"behavior.on.null.values", "delete"}},
                   String("a"), sdk::Null())
                .target->url,
            "http://fake/in/a");
  EXPECT_EQ(Render({{"http.url", "http://h/${key}/x"}, {"behavior.on.null.values", "delete"}},
                   String("a"), sdk::Null())
                .target->url,
            "http://h/a/x");
  EXPECT_THROW(Render({{"behavior.on.null.values", "delete"}}, sdk::Null(), sdk::Null()),
               sdk::DataException);
}

TEST(RendererTest, ATargetThatIsAlwaysTheSameIsMadeOnce) {
  const SinkConfig config = Read({});
  Renderer renderer(config);
  OneRecord one(sdk::Null(), String("v"));
  const sdk::SinkBatch batch = one.view();
  std::string body;
  EXPECT_EQ(*renderer.Render(batch[0], body), *renderer.Render(batch[0], body));
}

}  // namespace
}  // namespace sluice::http_sink
