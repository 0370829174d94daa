#include "connectors/datagen/shapes.h"

namespace sluice::datagen {
namespace {

using namespace sluice::sdk;  // NOLINT: a connector speaks the SDK's language

constexpr std::string_view kItems[] = {"apple",     "bread",      "candle", "desk",
                                       "earphones", "flower pot", "guitar", "hat",
                                       "ink",       "jar",        "kettle", "lamp"};
constexpr std::string_view kCities[] = {"Aarhus", "Brno", "Cork",   "Delft", "Essen",
                                        "Faro",   "Graz", "Hobart", "Izmir", "Jaipur"};
constexpr std::string_view kRegions[] = {"Region_1", "Region_2", "Region_3", "Region_4",
                                         "Region_5"};
constexpr std::string_view kGenders[] = {"FEMALE", "MALE", "OTHER"};
constexpr std::string_view kInterests[] = {"cooking", "cycling", "films", "games",
                                           "music",   "news",    "sport", "travel"};
constexpr std::string_view kMethods[] = {"GET", "GET", "GET", "GET", "POST", "PUT", "DELETE"};
constexpr std::string_view kPaths[] = {"/",       "/index.html", "/images/logo.png", "/login",
                                       "/search", "/cart",       "/api/v1/items",    "/checkout"};
constexpr std::string_view kAgents[] = {"Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0",
                                        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"};
constexpr int32_t kStatuses[] = {200, 200, 200, 200, 200, 301, 304, 400, 404, 500};
constexpr std::string_view kSymbols[] = {"ZVZZT", "ZTEST", "ZJZZT", "ZWZZT", "ZXZZT", "ZBZX"};
constexpr std::string_view kSides[] = {"BUY", "SELL"};

// A word with a number, in the batch's memory: User_7.
Value Numbered(RecordBatch& batch, std::string_view word, uint64_t number) {
  return batch.arena().CopyString(Cat(word, number));
}

class Orders : public Shape {
 public:
  void Fill(Random& random, int64_t number, int64_t now_ms, RecordBatch& batch,
            NewRecord record) const override {
    const Value address = batch.Struct(address_)
                              .Set(0, String(random.Pick(kCities)))
                              .Set(1, String(random.Pick(kRegions)))
                              .Set(2, Int32(static_cast<int32_t>(random.Between(10'000, 99'999))))
                              .Build();
    record.Key(id_, Int64(number))
        .Value(order_, batch.Struct(order_)
                           .Set(0, Int64(number))
                           .Set(1, Numbered(batch, "Customer_", random.Below(1000)))
                           .Set(2, String(random.Pick(kItems)))
                           .Set(3, Int32(static_cast<int32_t>(random.Between(1, 20))))
                           .Set(4, batch.Decimal(random.Between(99, 99'999), 2))
                           .Set(5, address)
                           .Set(6, Timestamp(now_ms))
                           .Build());
  }

 private:
  const Schema id_ = schemas::Int64();
  const Schema address_ = schemas::Struct("datagen.Address")
                              .Field("city", schemas::String())
                              .Field("region", schemas::String())
                              .Field("zip", schemas::Int32())
                              .Build();
  const Schema order_ = schemas::Struct("datagen.Order")
                            .Field("id", schemas::Int64())
                            .Field("customer", schemas::String())
                            .Field("item", schemas::String())
                            .Field("quantity", schemas::Int32())
                            .Field("price", schemas::Decimal(2))
                            .Field("address", address_)
                            .Field("ordered_at", schemas::Timestamp())
                            .Build();
};

class Users : public Shape {
 public:
  void Fill(Random& random, int64_t, int64_t now_ms, RecordBatch& batch,
            NewRecord record) const override {
    const Value user = Numbered(batch, "User_", random.Below(100));
    const size_t count = random.Below(4);
    Value* interests = batch.arena().NewArray<Value>(count);
    for (size_t i = 0; i < count; ++i) interests[i] = String(random.Pick(kInterests));
    const bool reachable = random.Below(5) != 0;
    record.Key(text_, user)
        .Value(
            user_,
            batch.Struct(user_)
                .Set(0, user)
                .Set(1, Timestamp(now_ms))
                .Set(2, String(random.Pick(kRegions)))
                .Set(3, String(random.Pick(kGenders)))
                .Set(4, abi::Array(interests, count))
                .Set(5, reachable ? *batch.Map({{"city", String(random.Pick(kCities))},
                                                {"zip", Numbered(batch, "", random.Below(99'999))}})
                                  : Null())
                .Build());
  }

 private:
  const Schema text_ = schemas::String();
  const Schema user_ = schemas::Struct("datagen.User")
                           .Field("userid", text_)
                           .Field("registered_at", schemas::Timestamp())
                           .Field("region", text_)
                           .Field("gender", text_)
                           .Field("interests", schemas::Array(text_))
                           .Field("contact", schemas::Optional(schemas::Map(text_, text_)))
                           .Build();
};

class Clicks : public Shape {
 public:
  void Fill(Random& random, int64_t, int64_t now_ms, RecordBatch& batch,
            NewRecord record) const override {
    const Value ip = batch.arena().CopyString(
        Cat("10.", random.Below(256), ".", random.Below(256), ".", random.Below(256)));
    const int32_t status = kStatuses[random.Below(std::size(kStatuses))];
    record.Key(text_, ip).Value(
        click_, batch.Struct(click_)
                    .Set(0, ip)
                    .Set(1, Numbered(batch, "User_", random.Below(100)))
                    .Set(2, Timestamp(now_ms))
                    .Set(3, String(random.Pick(kMethods)))
                    .Set(4, String(random.Pick(kPaths)))
                    .Set(5, Int32(status))
                    .Set(6, Int64(random.Between(100, 200'000)))
                    .Set(7, String(random.Pick(kAgents)))
                    .Set(8, random.Below(2) == 0 ? Null() : String(random.Pick(kPaths)))
                    .Build());
  }

 private:
  const Schema text_ = schemas::String();
  const Schema click_ = schemas::Struct("datagen.Click")
                            .Field("ip", text_)
                            .Field("userid", text_)
                            .Field("clicked_at", schemas::Timestamp())
                            .Field("method", text_)
                            .Field("path", text_)
                            .Field("status", schemas::Int32())
                            .Field("bytes", schemas::Int64())
                            .Field("agent", text_)
                            .Field("referrer", schemas::Optional(text_))
                            .Build();
};

class StockTrades : public Shape {
 public:
  void Fill(Random& random, int64_t, int64_t now_ms, RecordBatch& batch,
            NewRecord record) const override {
    const Value symbol = String(random.Pick(kSymbols));
    record.Key(text_, symbol)
        .Value(trade_, batch.Struct(trade_)
                           .Set(0, String(random.Pick(kSides)))
                           .Set(1, Int32(static_cast<int32_t>(random.Between(1, 5000))))
                           .Set(2, symbol)
                           .Set(3, batch.Decimal(random.Between(50'000, 9'999'999), 4))
                           .Set(4, Numbered(batch, "Account_", random.Below(500)))
                           .Set(5, Timestamp(now_ms))
                           .Build());
  }

 private:
  const Schema text_ = schemas::String();
  const Schema trade_ = schemas::Struct("datagen.StockTrade")
                            .Field("side", text_)
                            .Field("quantity", schemas::Int32())
                            .Field("symbol", text_)
                            .Field("price", schemas::Decimal(4))
                            .Field("account", text_)
                            .Field("traded_at", schemas::Timestamp())
                            .Build();
};

class Pageviews : public Shape {
 public:
  void Fill(Random& random, int64_t, int64_t now_ms, RecordBatch& batch,
            NewRecord record) const override {
    const Value user = Numbered(batch, "User_", random.Below(100));
    record.Key(text_, user)
        .Value(view_, batch.Struct(view_)
                          .Set(0, Timestamp(now_ms))
                          .Set(1, user)
                          .Set(2, Numbered(batch, "Page_", random.Below(1000)))
                          .Build());
  }

 private:
  const Schema text_ = schemas::String();
  const Schema view_ = schemas::Struct("datagen.Pageview")
                           .Field("viewed_at", schemas::Timestamp())
                           .Field("userid", text_)
                           .Field("pageid", text_)
                           .Build();
};

}  // namespace

const std::vector<std::string>& ShapeNames() {
  static const auto* names =
      new std::vector<std::string>{"orders", "users", "clicks", "stock_trades", "pageviews"};
  return *names;
}

std::unique_ptr<Shape> MakeShape(std::string_view name) {
  if (name == "orders") return std::make_unique<Orders>();
  if (name == "users") return std::make_unique<Users>();
  if (name == "clicks") return std::make_unique<Clicks>();
  if (name == "stock_trades") return std::make_unique<StockTrades>();
  if (name == "pageviews") return std::make_unique<Pageviews>();
  return nullptr;
}

}  // namespace sluice::datagen
