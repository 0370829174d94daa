#include "connectors/http_source/paging.h"

#include <gtest/gtest.h>

#include "connectors/http_source/source_config.h"

namespace sluice::http_source {
namespace {

using Strings = std::vector<std::string>;

class PagingTest : public testing::Test {
 protected:
  void Start(sdk::Config::Map given) {
    static const sdk::ConfigTable table(Keys());
    given.emplace("url", "http://h/items");
    given.emplace("topic.name.pattern", "t");
    given.emplace("http.request.parameters", "from=${offset}");
    config_ = ReadConfig(sdk::Config(std::move(given), &table));
    Resume({.offset = config_.initial_offset});
  }
  void Resume(Position position) {
    paging_ = std::make_unique<Paging>(config_, "e", std::move(position));
  }
  std::string Url() const { return paging_->MakeRequest().url; }
  // Takes an answer; answers its new records.
  Strings Take(const std::string& answer, const http::Headers& headers = {}) {
    const JsonPage page(answer, config_.data_pointer);
    Paging::Step step = paging_->Look(page, headers);
    more_ = step.more;
    Strings fresh;
    positions_.clear();
    for (size_t index : step.fresh) {
      fresh.push_back(page.Text(index));
      Position position = step.page;
      position.done = static_cast<int64_t>(index) + 1;
      position.mark = page.Hash(index);
      positions_.push_back(index == step.fresh.back() ? step.stored : position);
    }
    paging_->Advance(std::move(step));
    return fresh;
  }

  SourceConfig config_;
  std::unique_ptr<Paging> paging_;
  bool more_ = false;
  std::vector<Position> positions_;
};

TEST_F(PagingTest, ACountGoesOnByRecords) {
  Start({});
  EXPECT_EQ(Url(), "http://h/items?from=0");
  EXPECT_EQ(Take("[1,2,3]"), (Strings{"1", "2", "3"}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=3");
  EXPECT_EQ(Take("[]"), Strings());
  EXPECT_FALSE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=3");
  Start({{"http.initial.offset", "10"}, {"http.page.size", "5"}});
  Take("[1]");
  EXPECT_FALSE(more_);  // it was not full
  EXPECT_EQ(Url(), "http://h/items?from=11");
}

TEST_F(PagingTest, APageIsResumedInItsMiddle) {
  Start({});
  Take("[1,2,3]");
  Resume(positions_.at(1));
  EXPECT_EQ(Url(), "http://h/items?from=0");
  EXPECT_EQ(Take("[1,2,3,4]"), (Strings{"3", "4"}));
  EXPECT_EQ(Url(), "http://h/items?from=4");
  Resume(positions_.at(1));
  EXPECT_EQ(Url(), "http://h/items?from=4");
}

TEST_F(PagingTest, APageThatChangedIsSentAgainRatherThanLost) {
  Start({});
  Take("[1,2,3]");
  const Position middle = positions_.at(1);
  Resume(middle);
  EXPECT_EQ(Take("[0,1,2,3]"), (Strings{"0", "1", "2", "3"}));
  Resume(middle);
  EXPECT_EQ(Take("[1]"), (Strings{"1"}));
}

TEST_F(PagingTest, PagesOfAKnownSize) {
  Start({{"http.offset.mode", "page_number"}, {"http.page.size", "2"}});
  EXPECT_EQ(Url(), "http://h/items?from=1");
  EXPECT_EQ(Take("[1,2]"), (Strings{"1", "2"}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=2");
  EXPECT_EQ(Take("[3]"), (Strings{"3"}));
  EXPECT_FALSE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=2");  // it may grow
  EXPECT_EQ(Take("[3]"), Strings());
  for (const char* nothing : {"", "[]"}) EXPECT_EQ(Take(nothing), Strings());
  EXPECT_EQ(Take("[3,4]"), (Strings{"4"}));
  EXPECT_EQ(Url(), "http://h/items?from=3");
}

TEST_F(PagingTest, PagesOfAnUnknownSizeEndWithAnEmptyOne) {
  Start({{"http.offset.mode", "PAGE_NUMBER"}});
  EXPECT_EQ(Take("[1]"), (Strings{"1"}));
  const Position stored = positions_.at(0);
  EXPECT_EQ(stored.offset, "1");  // not the page behind it: this one may grow
  EXPECT_EQ(Url(), "http://h/items?from=2");
  EXPECT_TRUE(more_);
  EXPECT_EQ(Take("[]"), Strings());
  EXPECT_FALSE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=1");
  EXPECT_EQ(Take("[1,2]"), (Strings{"2"}));
  Resume(stored);
  EXPECT_EQ(Take("[1,2]"), (Strings{"2"}));
  EXPECT_EQ(Url(), "http://h/items?from=2");
}

TEST_F(PagingTest, AChainGoesOnBehindTheLastRecord) {
  Start({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/t"}});
  EXPECT_EQ(Url(), "http://h/items?from=");
  EXPECT_EQ(Take(R"([{"t":1},{"t":2}])").size(), 2u);
  EXPECT_TRUE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=2");
  EXPECT_EQ(Take("[]").size(), 0u);  // a server that answers what is behind it
  EXPECT_FALSE(more_);
  EXPECT_EQ(Take(R"([{"t":3}])").size(), 1u);
  EXPECT_EQ(Url(), "http://h/items?from=3");
}

TEST_F(PagingTest, RecordsAtTheBoundaryComeOnce) {
  Start({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/t"}});
  Take(R"([{"t":1,"n":1},{"t":2,"n":1},{"t":2,"n":2}])");
  const Position end = positions_.back();
  EXPECT_EQ(end.seen.size(), 2u);
  // A server that answers what is at it, too; and meanwhile there is one more.
  const std::string answer = R"([{"t":2,"n":1},{"t":2,"n":2},{"t":2,"n":3},{"t":2,"n":3}])";
  EXPECT_EQ(Take(answer), (Strings{R"({"t":2,"n":3})", R"({"t":2,"n":3})"}));
  EXPECT_EQ(Take(answer), Strings());
  EXPECT_FALSE(more_);
  Resume(end);
  EXPECT_EQ(Take(answer).size(), 2u);
  Resume(positions_.at(0));  // between the two
  EXPECT_EQ(Take(answer), (Strings{R"({"t":2,"n":3})"}));
  EXPECT_EQ(Take(R"([{"t":2,"n":3},{"t":3,"n":1}])"), (Strings{R"({"t":3,"n":1})"}));
}

TEST_F(PagingTest, ManyAtTheBoundaryAreKnownAfterARestartIfTheAnswerBeginsWithThem) {
  Start({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/t"}});
  const auto record = [](int number) { return sdk::Cat(R"({"t":1,"n":)", number, "}"); };
  std::string answer;
  for (int i = 0; i < 100; ++i) answer += record(i) + ",";
  const auto with = [&](const std::string& before, const std::string& after) {
    return "[" + before + answer + after + "]";
  };
  answer.pop_back();
  EXPECT_EQ(Take(with("", "")).size(), 100u);
  EXPECT_TRUE(more_);
  const Position stored = positions_.back();
  EXPECT_EQ(stored.seen.size(), kSeenMax);
  EXPECT_EQ(stored.many, 100);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Take(with("", "")), Strings());
    EXPECT_FALSE(more_);
  }
  Resume(stored);
  EXPECT_EQ(Take(with("", "," + record(7) + "," + record(100))), (Strings{record(7), record(100)}));
  EXPECT_EQ(positions_.back().many, 102);
  Resume(positions_.at(0));  // between the two
  EXPECT_EQ(Take(with("", "," + record(7) + "," + record(100))), (Strings{record(100)}));
  // A server that answers what is behind the offset only.
  EXPECT_EQ(Take(R"([{"t":2}])"), (Strings{R"({"t":2})"}));
  EXPECT_EQ(positions_.back().many, 0);
  // Where another one is among them it is not lost: some come twice.
  Resume(stored);
  EXPECT_EQ(Take(with(record(100) + ",", "")).size(), 1 + 100 - kSeenMax);
  EXPECT_FALSE(more_);
  EXPECT_EQ(Take(with(record(100) + ",", "")), Strings());
}

TEST_F(PagingTest, LargeNumbersAreOffsetsWithAllTheirDigits) {
  Start({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/id"}});
  Take(R"([{"id":123456789012345678901234567890}])");
  EXPECT_EQ(Url(), "http://h/items?from=123456789012345678901234567890");
  Start({{"http.initial.offset", "9223372036854775806"}});
  Take("[1]");
  EXPECT_EQ(Url(), "http://h/items?from=9223372036854775807");
  EXPECT_THROW(Take("[2]"), BadPage);
  Start({{"http.offset.mode", "PAGE_NUMBER"}, {"http.initial.offset", "9223372036854775807"}});
  EXPECT_THROW(Take("[2]"), BadPage);
}

TEST_F(PagingTest, ARecordWithoutItsOffsetIsSaid) {
  Start({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/t"}});
  try {
    Take(R"([{"t":1},{"u":2}])");
    FAIL();
  } catch (const BadPage& bad) {
    EXPECT_NE(std::string(bad.what()).find("record 2 of 2 has no offset at /t"), std::string::npos)
        << bad.what();
  }
}

TEST_F(PagingTest, ACursorIsFollowedAndTheLastPageReadAgain) {
  Start({{"http.offset.mode", "CURSOR_PAGINATION"},
         {"http.next.page.json.pointer", "/next"},
         {"http.response.data.json.pointer", "/items"}});
  EXPECT_EQ(Url(), "http://h/items?from=");
  EXPECT_EQ(Take(R"({"items":[1,2],"next":"a b"})"), (Strings{"1", "2"}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(positions_.at(0).offset, "");
  EXPECT_EQ(positions_.at(1), (Position{.offset = "a b"}));
  EXPECT_EQ(Url(), "http://h/items?from=a%20b");
  EXPECT_EQ(Take(R"({"items":[3],"next":null})"), (Strings{"3"}));
  EXPECT_FALSE(more_);
  EXPECT_EQ(Url(), "http://h/items?from=a%20b");
  EXPECT_EQ(Take(R"({"items":[3,4]})"), (Strings{"4"}));
  // 204, and an empty page: nothing follows for what was sent of it.
  for (const char* nothing : {"", R"({"items":[]})"}) EXPECT_EQ(Take(nothing), Strings());
  EXPECT_EQ(Take(R"({"items":[3,4],"next":"c"})"), Strings());
  EXPECT_TRUE(more_);
  EXPECT_EQ(Take(R"({"items":[],"next":"d"})"), Strings());
  EXPECT_FALSE(more_);  // one for later
  EXPECT_EQ(Url(), "http://h/items?from=d");
}

TEST_F(PagingTest, ALinkIsFollowedWithoutStoringWhatIsConfigured) {
  Start({{"http.offset.mode", "NEXT_LINK"},
         {"http.next.page.json.pointer", "/links/next"},
         {"http.response.data.json.pointer", "/items"},
         {"http.request.parameters", "key=s3cret&limit=2"}});
  EXPECT_EQ(Url(), "http://h/items?key=s3cret&limit=2");
  Take(R"({"items":[1],"links":{"next":"http://h/items?page=2&key=s3cret&limit=5"}})");
  EXPECT_EQ(positions_.at(0).offset, "/items?page=2&limit=5");
  EXPECT_EQ(Url(), "http://h/items?page=2&limit=5&key=s3cret");
  Take(R"({"items":[2],"links":{"next":"?page=3"}})");
  EXPECT_EQ(Url(), "http://h/items?page=3&key=s3cret&limit=2");
  EXPECT_EQ(Take(R"({"items":[3],"links":{}})"), (Strings{"3"}));
  EXPECT_FALSE(more_);
  for (const char* elsewhere : {"http://other/items", "https://h/items", "http://h:81/items"}) {
    EXPECT_THROW(Take(sdk::Cat(R"({"items":[3,4],"links":{"next":")", elsewhere, "\"}}")), BadPage)
        << elsewhere;
  }
}

TEST_F(PagingTest, AnOffsetThatLeadsElsewhereIsNotFollowed) {
  Start({{"http.offset.mode", "NEXT_LINK"}});
  Resume({.offset = "http://other/items"});
  EXPECT_THROW(Url(), sdk::ConnectException);
  Resume({.offset = "//other/items"});
  EXPECT_THROW(Url(), sdk::ConnectException);
}

TEST_F(PagingTest, TheLinkMayBeAHeader) {
  Start({{"http.offset.mode", "NEXT_LINK"}});
  Take("[1]", {{"link", "<http://h/items?p=1>; rel=\"prev\", </items?p=3>; rel=\"next\""}});
  EXPECT_EQ(Url(), "http://h/items?p=3&from=%2Fitems%3Fp%3D3");
  EXPECT_EQ(NextLink({{"Link", "<a>; rel=last"}, {"Link", "<b>; title=\"x\"; rel=next"}}), "b");
  EXPECT_EQ(NextLink({{"Link", "<a; rel=next"}}), "");
}

TEST_F(PagingTest, ASnapshotBeginsAnew) {
  Start({{"http.offset.mode", "SNAPSHOT_PAGINATION"},
         {"http.next.page.json.pointer", "/next"},
         {"http.response.data.json.pointer", "/items"}});
  Take(R"({"items":[1,2],"next":"2"})");
  EXPECT_TRUE(more_);
  EXPECT_EQ(Take(R"({"items":[3]})"), (Strings{"3"}));
  EXPECT_FALSE(more_);
  EXPECT_EQ(positions_.at(0), Position{});
  EXPECT_EQ(Url(), "http://h/items?from=");
  EXPECT_EQ(Take(R"({"items":[1,2],"next":"2"})"), (Strings{"1", "2"}));
}

TEST_F(PagingTest, RequestsHaveBodiesHeadersAndEntities) {
  Start({{"url", "http://h/${entityName}"},
         {"http.request.method", "POST"},
         {"http.request.body", R"({"after":${json:offset},"of":"${entityName}"})"},
         {"http.request.headers", "X-From:${offset}|Accept:text/json"},
         {"http.request.parameters", "q=a b&limit=10"},
         {"http.offset.mode", "CHAINING"},
         {"http.offset.json.pointer", "/t"},
         {"http.initial.offset", "x\"y"}});
  const http::Request request = paging_->MakeRequest();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://h/e?q=a%20b&limit=10");
  EXPECT_EQ(request.body, R"({"after":"x\"y","of":"e"})");
  EXPECT_EQ(*http::FindHeader(request.headers, "x-from"), "x\"y");
  EXPECT_EQ(*http::FindHeader(request.headers, "accept"), "text/json");
  EXPECT_EQ(*http::FindHeader(request.headers, "content-type"), "application/json");
  Take(R"([{"t":7}])");
  EXPECT_EQ(paging_->MakeRequest().body, R"({"after":7,"of":"e"})");
  Resume({.offset = "007"});  // no number of JSON's
  EXPECT_EQ(paging_->MakeRequest().body, R"({"after":"007","of":"e"})");
}

}  // namespace
}  // namespace sluice::http_source
