// What JavaTransforms asks: records, transforms with their settings, texts and patterns of dates.

public class TransformQuestions {
  static String field(String name, String type, String more) {
    return "{\"field\":\"" + name + "\",\"type\":\"" + type + "\"" + more + "}";
  }

  static final String ORDER = "{\"schema\":{\"type\":\"struct\",\"name\":\"Order\",\"version\":3,\"doc\":\"an order\","
      + "\"optional\":true,\"parameters\":{\"p\":\"q\"},\"fields\":["
      + field("id", "int32", "") + "," + field("name", "string", ",\"optional\":true") + ","
      + field("qty", "int64", ",\"default\":7") + "," + field("price", "double", ",\"optional\":true,\"default\":1.5") + ","
      + field("tags", "array", ",\"optional\":true,\"items\":{\"type\":\"string\"}") + ","
      + field("day", "int32", ",\"optional\":true,\"name\":\"org.apache.kafka.connect.data.Date\",\"version\":1") + ","
      + field("raw", "bytes", ",\"optional\":true") + "," + field("small", "int8", ",\"optional\":true") + ","
      + field("ok", "boolean", ",\"optional\":true") + ","
      + "{\"field\":\"at\",\"type\":\"struct\",\"optional\":true,\"fields\":[" + field("x.y", "int32", "") + ","
      + field("city", "string", ",\"optional\":true,\"default\":\"Bonn\"") + "]}]},\"payload\":";

  static final String MAP = ",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}";

  static String logical(String name) {
    return ",\"optional\":true,\"name\":\"org.apache.kafka.connect.data." + name + "\",\"version\":1";
  }

  static String with(String type, String more, String payload) {
    return "{\"schema\":{\"type\":\"" + type + "\"" + more + "},\"payload\":" + payload + "}";
  }

  // Records begin with `bare:` if their struct is to become a map without a schema, and with `default:` and a line for the
  // default of their schema, which JsonConverter cannot read for a struct.

  // A field of each type; 18262 days and 1577840523045 ms are 2020-01-01T01:02:03.045Z.
  static final String TYPES = "{\"schema\":{\"type\":\"struct\",\"name\":\"T\",\"fields\":[" + field("i8", "int8", "") + ","
      + field("i16", "int16", "") + "," + field("i32", "int32", "") + "," + field("i64", "int64", ",\"default\":70000") + ","
      + field("f32", "float", "") + "," + field("f64", "double", "") + "," + field("flag", "boolean", ",\"doc\":\"true?\"") + ","
      + field("text", "string", ",\"optional\":true,\"default\":\"41\"") + "," + field("raw", "bytes", "") + ","
      + field("dec", "bytes", logical("Decimal") + ",\"parameters\":{\"scale\":\"2\"}") + ","
      + field("day", "int32", logical("Date")) + "," + field("time", "int32", logical("Time")) + ","
      + field("ts", "int64", logical("Timestamp")) + "," + field("tags", "array", ",\"items\":{\"type\":\"int32\"}") + ","
      + field("null", "int32", ",\"optional\":true") + "]},\"payload\":{\"i8\":-1,\"i16\":300,\"i32\":70000,\"i64\":7,"
      + "\"f32\":1.5,\"f64\":3e10,\"flag\":true,\"text\":null,\"raw\":\"AQI=\",\"dec\":\"BNI=\",\"day\":18262,\"time\":3723045,"
      + "\"ts\":1577840523045,\"tags\":[1,2],\"null\":null}}";

  static final String NESTED_SCHEMA = "{\"schema\":{\"type\":\"struct\",\"name\":\"N\",\"doc\":\"nested\",\"optional\":true,"
      + "\"fields\":[" + field("id", "int32", ",\"name\":\"id\",\"version\":2,\"doc\":\"d\",\"parameters\":{\"p\":\"q\"}") + ","
      + "{\"field\":\"in\",\"type\":\"struct\",\"optional\":true,\"fields\":["
      + field("a", "int32", ",\"optional\":true") + "," + field("b", "string", ",\"optional\":true,\"default\":\"own\"") + ","
      + "{\"field\":\"deep\",\"type\":\"struct\",\"optional\":true,\"fields\":[" + field("x", "int64", ",\"optional\":true") + "]}]},"
      + field("tail", "array", ",\"optional\":true,\"items\":{\"type\":\"string\"}") + "]},\"payload\":";
  static final String NESTED = NESTED_SCHEMA
      + "{\"id\":1,\"in\":{\"a\":2,\"b\":\"x\",\"deep\":{\"x\":3}},\"tail\":[\"t\"]}}";

  static final String TIMES_SCHEMA = "{\"schema\":{\"type\":\"struct\",\"name\":\"Times\",\"optional\":true,\"fields\":["
      + field("name", "string", "") + "," + field("ts", "int64", logical("Timestamp")) + ","
      + field("unix", "int64", ",\"optional\":true,\"default\":1000") + "," + field("text", "string", ",\"optional\":true") + ","
      + field("day", "int32", logical("Date")) + "," + field("time", "int32", logical("Time")) + "]";

  static final String[] RECORDS = {
      "null", "5", "\"text\"", "[1,2]", "{}", "{\"id\":1}",
      "{\"id\":5,\"name\":\"pen\",\"qty\":2.5,\"ok\":true,\"tags\":[\"a\"],\"at\":{\"x.y\":4,\"city\":null},\"none\":null}",
      "{\"at\":\"flat\",\"at.city\":\"dotted\"}",
      ORDER + "{\"id\":1,\"name\":\"pen\",\"qty\":2,\"price\":0.5,\"tags\":[\"a\",\"b\"],\"day\":19000,\"raw\":\"AQI=\","
          + "\"small\":3,\"ok\":true,\"at\":{\"x.y\":9,\"city\":\"Ulm\"}}}",
      ORDER + "{\"id\":1,\"name\":null,\"qty\":0,\"price\":null,\"tags\":null,\"day\":null,\"raw\":null,\"small\":null,"
          + "\"ok\":null,\"at\":{\"x.y\":9,\"city\":null}}}",
      ORDER + "{\"id\":2,\"qty\":1,\"at\":null}}",
      ORDER + "null}",
      "{\"schema\":{\"type\":\"string\"},\"payload\":\"x\"}",
      "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
      "{\"schema\":{\"type\":\"int32\",\"optional\":true,\"default\":4},\"payload\":null}",
      TYPES, "bare:" + TYPES, NESTED, "bare:" + NESTED,
      NESTED_SCHEMA + "{\"id\":1,\"in\":null,\"tail\":null}}",
      NESTED_SCHEMA + "{\"id\":1,\"in\":{\"a\":null,\"b\":null,\"deep\":{\"x\":null}},\"tail\":[]}}",
      "{\"a\":{\"b\":{\"c\":1,\"d\":null}},\"a.b\":{\"c\":2},\"e\":[{\"f\":1}],\"g\":{},\"\":{\"h\":3},\"n\":null}",
      "{\"schema\":{\"type\":\"struct\",\"fields\":[" + field("m", "map", MAP) + "]},\"payload\":{\"m\":{\"k\":1}}}",
      "{\"schema\":{\"type\":\"struct\",\"fields\":[" + field("a.b", "int32", "") + ",{\"field\":\"a\",\"type\":\"struct\","
          + "\"fields\":[" + field("b", "int32", "") + "]}]},\"payload\":{\"a.b\":1,\"a\":{\"b\":2}}}",
      "{\"schema\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"payload\":[\"x\"]}",
      "{\"schema\":{\"type\":\"map\"" + MAP + "},\"payload\":{\"k\":1}}",
      "default:{\"name\":\"n\",\"ts\":5,\"unix\":6,\"text\":\"2020-01-01\",\"day\":7,\"time\":8}\n" + TIMES_SCHEMA
          + "},\"payload\":{\"name\":\"m\",\"ts\":1577840523045,\"unix\":1577840523045,\"text\":\"2020-01-02\",\"day\":18262,"
          + "\"time\":3723045}}",
      "default:{\"id\":7,\"in\":{\"a\":9,\"b\":null,\"deep\":{\"x\":8}},\"tail\":null}\n" + NESTED,
      "default:{\"id\":7,\"in\":null,\"tail\":[]}\n" + NESTED,
      TIMES_SCHEMA + "},\"payload\":{\"name\":\"m\",\"ts\":null,\"unix\":null,\"text\":null,\"day\":null,\"time\":null}}",
  };

  static final String[][] QUESTIONS = {
      {"InsertField$Value", "topic.field=topic"},
      {"InsertField$Value", "topic.field=topic!;partition.field=part?;timestamp.field=ts;static.field=who;static.value=me"},
      {"InsertField$Value", "offset.field=off!"},
      {"InsertField$Value", "topic.field=id"},
      {"InsertField$Value", "static.field=s;static.value=v;replace.null.with.default=false"},
      {"ReplaceField$Value", "exclude=qty,at"},
      {"ReplaceField$Value", "include=id,qty,none"},
      {"ReplaceField$Value", "include=id,name;exclude=name;renames=id:order_id"},
      {"ReplaceField$Value", "renames=id:name,name:id;replace.null.with.default=false"},
      {"ReplaceField$Value", "renames=id:name"},
      {"MaskField$Value", "fields=name,qty,price,tags,day,small,ok"},
      {"MaskField$Value", "fields=at"},
      {"MaskField$Value", "fields=raw"},
      {"MaskField$Value", "fields=qty,price,small,name;replacement=300.75"},
      {"MaskField$Value", "fields=name;replacement=xxx"},
      {"MaskField$Value", "fields=qty;replacement=xxx"},
      {"MaskField$Value", "fields=ok;replacement=1"},
      {"MaskField$Value", "fields=tags;replacement=1;replace.null.with.default=false"},
      {"HoistField$Value", "field=in"},
      {"ExtractField$Value", "field=name"},
      {"ExtractField$Value", "field=qty;replace.null.with.default=false"},
      {"ExtractField$Value", "field=at.city"},
      {"ExtractField$Value", "field=at.city;field.syntax.version=V2"},
      {"ExtractField$Value", "field=at.city;field.syntax.version=v2;replace.null.with.default=false"},
      {"ExtractField$Value", "field=at.`x.y`;field.syntax.version=V2"},
      {"ExtractField$Value", "field=nope.x;field.syntax.version=V2"},
      {"Filter", ""},
      {"Cast$Value", "spec=string"},
      {"Cast$Value", "spec=int16"},
      {"Cast$Value", "spec=id:string,qty:int32,price:boolean,none:int8"},
      {"Cast$Value", "spec=i8:string,i16:int8,i32:INT16,i64:float32,f32:int64,f64:int32,flag:int8,text:float64,null:string"},
      {"Cast$Value", "spec=raw:string,dec:string,day:string,time:string,ts:string"},
      {"Cast$Value", "spec=dec:int32,day:int64,time:float64,ts:int32"},
      {"Cast$Value", "spec=dec:float32"},
      {"Cast$Value", "spec=dec:boolean"},
      {"Cast$Value", "spec=raw:int8"},
      {"Cast$Value", "spec=tags:string"},
      {"Cast$Value", "spec=day:int8;replace.null.with.default=false"},
      {"Cast$Value", "spec=text:int8;replace.null.with.default=false"},
      {"Cast$Value", "spec=i64:int8,name:int8"},
      {"DropHeaders", "headers=a,nope"},
      {"Flatten$Value", ""},
      {"Flatten$Value", "delimiter=_"},
      {"Flatten$Value", "delimiter="},
      {"HeaderFrom$Value", "fields=id;headers=h;operation=move"},
      {"HeaderFrom$Value", "fields=id,id;headers=h,i;operation=copy"},
      {"HeaderFrom$Value", "fields=qty,name;headers=h,a;operation=move;replace.null.with.default=false"},
      {"HeaderFrom$Value", "fields=day,dec,i64;headers=h,i,j;operation=move"},
      {"InsertHeader", "header=h;value.literal=x"},
      {"SetSchemaMetadata$Value", "schema.name=New;schema.version=7"},
      {"SetSchemaMetadata$Value", "schema.version=7"},
      {"SetSchemaMetadata$Value", "schema.name=New;replace.null.with.default=false"},
      {"TimestampConverter$Value", "target.type=string;format=yyyy-MM-dd HH:mm:ss.SSS"},
      {"TimestampConverter$Value", "target.type=unix"},
      {"TimestampConverter$Value", "target.type=unix;field=ts;unix.precision=seconds"},
      {"TimestampConverter$Value", "target.type=Timestamp;field=unix"},
      {"TimestampConverter$Value", "target.type=Timestamp;field=unix;replace.null.with.default=false"},
      {"TimestampConverter$Value", "target.type=Timestamp;field=text"},
      {"TimestampConverter$Value", "target.type=Date;field=ts"},
      {"TimestampConverter$Value", "target.type=Time;field=ts"},
      {"TimestampConverter$Value", "target.type=string;field=day;format=yyyy/DDD"},
      {"TimestampConverter$Value", "target.type=string;field=time;format=H:m"},
      {"TimestampConverter$Value", "target.type=unix;field=text;format=yyyy-MM-dd"},
      {"TimestampConverter$Value", "target.type=Timestamp;field=id"},
      {"TimestampRouter", ""},
      {"ValueToKey", "fields=id"},
      {"ValueToKey", "fields=qty,name;replace.null.with.default=false"},
      {"ValueToKey", "fields=qty,day"},
      {"ValueToKey", "fields=in"},
  };

  // Transforms of values again, of keys.
  static final String[][] OF_KEYS = {
      {"Cast$Key", "spec=id:string"}, {"Cast$Key", "spec=int8"}, {"Flatten$Key", ""},
      {"HeaderFrom$Key", "fields=id;headers=h;operation=move"}, {"SetSchemaMetadata$Key", "schema.name=New"},
      {"TimestampConverter$Key", "target.type=unix;field=ts"}, {"TimestampConverter$Key", "target.type=string;format=yyyy"},
      {"InsertField$Key", "topic.field=x"}, {"ReplaceField$Key", "exclude=id"}, {"MaskField$Key", "fields=id"},
      {"HoistField$Key", "field=x"}, {"ExtractField$Key", "field=id"},
  };

  static final String[] TYPE_NAMES = {"int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"};
  // Texts to be cast to each type.
  static final String[] CAST_TEXTS = {
      "12", "-128", "128", "+5", "-0", "00012", " 12", "12 ", "\t7\n", "1.5", "", " ", "x", "1e3", "1E400", "-1e400", "1e-400", "NaN",
      "Infinity", "-Infinity", "+Infinity", "infinity", "0x10", "0x1p3", "-0x1.8p-1", "0X.8P1f", "0x1p", "1f", "1.5D", "1L", "1_000",
      "true", "TRUE", "yes", "32768", "2147483648", "-2147483648", "9223372036854775807", "9223372036854775808", ".5", "5.", ".",
      "-.5e1", "e5", "1e", "1e+2", "+-1", "16777217", "0.1", "3.4028236e38", "4.9e-324", "1e99999999999", "--1", "NaNf",
  };
  // Values with a schema to be cast to each type: type, more of the schema, value.
  static final String[][] CAST_VALUES = {
      {"int8", "-1", ""}, {"int16", "300", ""}, {"int32", "70000", ""}, {"int32", "-129", ""}, {"int64", "4294967301", ""},
      {"int64", "9223372036854775807", ""}, {"float", "0.5", ""}, {"float", "-1.5", ""}, {"float", "1e20", ""}, {"float", "16777216", ""},
      {"double", "3e10", ""}, {"double", "-3e10", ""}, {"double", "1e300", ""}, {"double", "300.7", ""}, {"double", "-0.9", ""},
      {"double", "1e-5", ""}, {"boolean", "true", ""}, {"boolean", "false", ""}, {"string", "\"7\"", ""},
      {"string", "\"7\"", ",\"optional\":true,\"default\":\"8\""}, {"string", "\"7\"", ",\"default\":\"x\""},
      {"int32", "5", ",\"name\":\"n\",\"version\":3,\"doc\":\"d\",\"parameters\":{\"p\":\"q\"},\"default\":300"},
      {"bytes", "\"AQID\"", ""}, {"bytes", "\"BNI=\"", logical("Decimal") + ",\"parameters\":{\"scale\":\"2\"}"},
      {"bytes", "\"f////////////w==\"", logical("Decimal") + ",\"parameters\":{\"scale\":\"-3\"}"},
      {"int32", "18262", logical("Date")}, {"int32", "3723045", logical("Time")}, {"int64", "1577840523045", logical("Timestamp")},
      {"int64", "1577836800000", logical("Timestamp")}, {"int64", "-1", logical("Timestamp")}, {"int64", "5", logical("Timestamp")},
      {"int32", "18262", logical("Date") + ",\"default\":1"},
      {"array", "[1]", ",\"items\":{\"type\":\"int32\"}"}, {"map", "{\"k\":1}", MAP},
      {"struct", "{\"a\":1}", ",\"fields\":[" + field("a", "int32", "") + "]"},
  };

  static final String[] TIMES = {
      "1577840523", "1577840523045", "-1", "1577840523045678", "9223372036854775807", "1.5", "true", with("int64", "", "1577840523045"),
      with("int64", ",\"optional\":true,\"name\":\"x\",\"default\":1", "1577840523045"), with("int32", "", "5"),
      with("int64", logical("Timestamp"), "1577840523045"), with("int64", logical("Timestamp"), "-1"), with("int32", logical("Date"), "18262"),
      with("int32", logical("Time"), "3723045"), with("int32", logical("Time"), "null"), with("string", "", "\"2020-01-02\""),
      with("string", ",\"optional\":true", "null"), with("double", ",\"optional\":true", "null"), "\"2020-01-02\"", "null",
  };

  // Patterns and the texts that they read. A year of two digits keeps its century for some decades.
  static final String[][] PARSED = {
      {"yyyy-MM-dd", "2020-01-02"}, {"yyyy-MM-dd", "2020-1-2"}, {"yyyy-MM-dd", "2020-01-02T99"}, {"yyyy-MM-dd", "2020-13-45"},
      {"yyyy-MM-dd", "2020-00-00"}, {"yyyy-MM-dd", " 2020- 01-02"}, {"yyyy-MM-dd", "2020-01"}, {"yyyy-MM-dd", "x"}, {"yyyy-MM-dd", ""},
      {"yyyy-MM-dd", "20-01-02"}, {"yyyy-MM-dd", "-5-01-02"}, {"yyyy-MM-dd", "0-01-02"}, {"yyyy-MM-dd", "+2020-01-02"},
      {"yyyy-MM-dd", "12345-01-02"}, {"yyyy-MM-dd", "99999999999-01-02"}, {"yyyy-MM-dd", "1e3-01-02"}, {"yyyy-MM-dd", "1E3-01-02"},
      {"yyyy-MM-dd", "15E-1-01-02"}, {"yyyy-MM-dd", "2020--1-02"}, {"yyyy-MM-dd", "1582-10-04"}, {"yyyy-MM-dd", "1582-10-15"},
      {"yyyy-MM-dd", "1582-10-10"}, {"yyyy-MM-dd", "2019-02-29"}, {"yyyy-MM-dd", "2020-02-30"}, {"yyyyMMdd", "20200102"},
      {"yyyyMMdd", "202001"}, {"yyyyMMdd", "2020 1 2"}, {"yyyyMMdd", "20200102030405"}, {"yyyyMMddHHmmss", "20200102030405"},
      {"yyyyMMddHHmmssSSS", "20200102030405678"}, {"yyyyMMddHHmmssSSS", "2020010203040567"}, {"yyMMdd", "200102"}, {"yy/M/d", "20/1/2"},
      {"yy/M/d", "2020/1/2"}, {"yy/M/d", "020/1/2"}, {"yy/M/d", "99/1/2"}, {"yy/M/d", "-1/1/2"}, {"y-M-d", "20-1-2"}, {"y", "7"},
      {"yyy-MM", "20-01"}, {"dd.MM.yyyy", "02.01.2020"}, {"d MMM yyyy", "2 Jan 2020"}, {"d MMM yyyy", "2 JANUARY 2020"},
      {"d MMMM yyyy", "2 jan 2020"}, {"d MMMM yyyy", "2 Sept 2020"}, {"d MMM yyyy", "2  Jan 2020"}, {"dMMMyyyy", "2Jan2020"},
      {"ddMMMyy", "02Jan20"}, {"MMM", "May"}, {"L", "5"}, {"LLLL", "may"}, {"EEE, dd MMM yyyy HH:mm:ss zzz", "Thu, 02 Jan 2020 03:04:05 GMT"},
      {"EEE, dd MMM yyyy HH:mm:ss Z", "Thursday, 02 Jan 2020 03:04:05 -0130"}, {"EEE, dd MMM yyyy", "Mon, 02 Jan 2020"},
      {"EEEE", "Tue"}, {"E", "Monday"}, {"u", "3"}, {"u", "9"}, {"u", "0"}, {"yyyy u", "2020 7"}, {"yyyy w u", "2020 7 2"},
      {"yyyy-'W'ww", "2020-W07"}, {"YYYY-'W'ww-u", "2020-W01-1"}, {"YYYY-'W'ww-u", "2019-W60-9"}, {"YYYY-'W'ww-u", "2019-W03--9"},
      {"YYYY-'W'ww", "2020-W53"}, {"YYYY", "2020"}, {"YY", "20"}, {"YYYY-MM-dd", "2020-05-06"}, {"YYYY yyyy-MM-dd", "2019 2020-05-06"},
      {"yyyy YYYY-MM-dd", "2019 2020-05-06"}, {"yyyy-DDD", "2020-060"}, {"yyyy-DDD", "2019-366"}, {"yyyyDDD", "2020060"}, {"D", "400"},
      {"yyyy MM F E", "2020 02 2 Tue"}, {"yyyy MM F", "2020 02 3"}, {"yyyy MM F E", "2020 02 -1 Tue"}, {"yyyy MM F E", "2020 02 0 Tue"},
      {"yyyy MM W", "2020 02 2"}, {"yyyy MM W E", "2020 02 2 Fri"}, {"yyyy MM W F E", "2020 02 2 1 Fri"}, {"yyyy MM F W E", "2020 02 2 1 Fri"},
      {"yyyy w W E", "2020 9 2 Fri"}, {"yyyy W w E", "2020 9 2 Fri"}, {"yyyy MM E", "2020 02 Fri"}, {"yyyy E", "2020 Fri"},
      {"yyyy-MM-dd E", "2020-02-03 Fri"}, {"E yyyy-MM-dd", "Fri 2020-02-03"}, {"dd D yyyy", "5 60 2020"}, {"D dd yyyy", "60 5 2020"},
      {"dd w E", "5 9 Mon"}, {"w E dd", "9 Mon 5"}, {"w", "9"}, {"W", "3"}, {"F", "3"}, {"d", "40"}, {"M", "40"}, {"M", "-3"},
      {"HH:mm", "10:30"}, {"HH:mm", "25:61"}, {"HH:mm", "-1:-1"}, {"kk:mm", "24:30"}, {"kk:mm", "00:30"}, {"hh:mm a", "12:30 AM"},
      {"hh:mm a", "12:30 pm"}, {"hh:mm a", "1:30 PM"}, {"hh:mm a", "13:30 PM"}, {"hh:mm a", "1:30 XX"}, {"KK:mm a", "0:30 PM"},
      {"KK:mm a", "12:30 PM"}, {"hh:mm", "12:30"}, {"HH a", "5 PM"}, {"a HH", "PM 5"}, {"H h a", "3 5 PM"}, {"h a H", "5 PM 3"}, {"h H", "5 3"},
      {"a", "PM"}, {"hhmma", "0130PM"}, {"hhmmE", "0130Mon"}, {"mm:ss.SSS", "01:02.3"}, {"ss.S", "02.345678"}, {"S", "86400001"},
      {"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "2020-01-02T03:04:05.678Z"}, {"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "2020-01-02T03:04:05.678+01:00"},
      {"yyyy-MM-dd'T'HH:mm:ssX", "2020-01-02T03:04:05Z"}, {"yyyy-MM-dd'T'HH:mm:ssX", "2020-01-02T03:04:05+01"},
      {"yyyy-MM-dd'T'HH:mm:ssX", "2020-01-02T03:04:05+0130"}, {"yyyy-MM-dd'T'HH:mm:ssXX", "2020-01-02T03:04:05-0130"},
      {"yyyy-MM-dd'T'HH:mm:ssXX", "2020-01-02T03:04:05-01:30"}, {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05-01:30"},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05-0130"}, {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05+24:00"},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05+01:60"}, {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05z"},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05"}, {"yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05 Z"},
      {"yyyy-MM-dd HH:mm:ss Z", "2020-01-02 03:04:05 +0100"}, {"yyyy-MM-dd HH:mm:ss Z", "2020-01-02 03:04:05 +01:00"},
      {"yyyy-MM-dd HH:mm:ss Z", "2020-01-02 03:04:05 UTC"}, {"yyyy-MM-dd HH:mm:ss Z", "2020-01-02 03:04:05 GMT-2:30"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-01-02 03:04:05 utc"}, {"yyyy-MM-dd HH:mm:ss z", "2020-01-02 03:04:05 PST"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 PDT"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 EST"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 CEST"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 CET"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 BST"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 JST"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 AEST"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 Pacific Standard Time"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 GMT"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05  GMT"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 gmt+1"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 GMT+1:30"},
      {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 Nowhere"}, {"yyyy-MM-dd HH:mm:ss z", "2020-07-02 03:04:05 +1"},
      {"G yyyy", "BC 5"}, {"G yyyy", "Anno Domini 5"}, {"yyyy G", "2020 ad"}, {"yyyy G", "0 BC"}, {"'o''clock' H", "o'clock 5"}, {"''H", "'5"},
      {"H'h'", "5h"}, {"H'h'", "5H"}, {"H\u00e9", "5\u00e9"}, {"HHmm\u00e9", "12\u00e9"}, {"HHmm", "12\u00e934"}, {"yyyy '.'", "2020 ."},
      {"yyyy", "2020 "}, {"yyyy.MM.dd G 'at' HH:mm:ss z", "2001.07.04 AD at 12:08:56 PDT"}, {"EEE, MMM d, ''yy", "Wed, Jul 4, '01"},
      {"yyyy-MM-dd", "2020/01/02"},
  };
  static final String[] WRITTEN = {
      "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyyMMdd", "yyyy/MM/dd/HH", "yy-M-d H:m:s.S", "y yyy yyyyy", "MMM MMMM MMMMM L LL LLL LLLL",
      "E EE EEE EEEE EEEEE", "a aa aaaa", "h hh K KK k kk H HH", "D DD DDD", "w ww W F FF u uu", "Y YY YYYY", "G GG GGGG",
      "z zz zzzz Z ZZZZ X XX XXX", "S SS SSS SSSSS", "''", "'text' ''''", "yyyy'T''Q'", "\u00e9 yyyy", "mm ss",
  };
  static final long[] MOMENTS = {
      0, 1577840523045L, 1609459199999L, 1583020800000L, -1, -12217478400000L, -12219292800001L, -62135769600001L, 253402300800000L,
      1546214400000L, 1546300799999L, 951782400000L, 43200000L, 46799999L, 1356998400000L, 1325376000000L,
  };
  static final String[] LITERALS = {
      "1", "300", "70000", "5000000000", "1.5", "true", "False", "null", "", "[1,2]", "{\"a\":1}", "2020-01-02", "2020-01-02T03:04:05.678Z",
      "\"q\"", " x ", "99999999999999999999",
  };
  static final String[] TOPIC_FORMATS = {
      "", "topic.format=${timestamp}", "topic.format=x", "topic.format=${topic}${topic}/${timestamp}-${timestamp}", "topic.format=${Topic}$",
      "topic.format=", "timestamp.format=yyyy-'W'ww", "timestamp.format=qq", "timestamp.format=", "timestamp.format='$1'",
      "timestamp.format=YYYY.MM.dd HH", "topic.format=${topic;timestamp.format=yyyy", "topic.format=$${topic}}",
  };

  static final String[][] MAKING = {
      {"InsertField$Value", ""}, {"InsertField$Value", "static.field=a"}, {"ReplaceField$Value", "renames=a"},
      {"ReplaceField$Value", "renames=a:b:c"}, {"MaskField$Value", ""}, {"MaskField$Value", "fields="},
      {"MaskField$Value", "fields=a;replacement="}, {"HoistField$Value", ""}, {"ExtractField$Value", ""},
      {"ExtractField$Value", "field=`a;field.syntax.version=V2"}, {"ExtractField$Value", "field=a;field.syntax.version=V3"},
      {"ExtractField$Value", "field=a;replace.null.with.default=maybe"},
      {"RegexRouter", ""}, {"RegexRouter", "regex=a"},
      {"Cast$Value", ""}, {"Cast$Value", "spec="}, {"Cast$Value", "spec=int3"}, {"Cast$Value", "spec=a:int3"}, {"Cast$Value", "spec=a:b:c"},
      {"Cast$Value", "spec=bytes"}, {"Cast$Value", "spec=a:struct"}, {"Cast$Value", "spec=int8,int8"}, {"Cast$Value", "spec=a:int8,int8"},
      {"Cast$Value", "spec=a:int8,a:int16"}, {"Cast$Value", "spec=a:"}, {"Cast$Value", "spec=:int8"}, {"Cast$Value", "spec= a : Int8 "},
      {"Cast$Value", "spec=a:int8,,b:int8"}, {"Cast$Value", "spec=a::int8"},
      {"DropHeaders", ""}, {"DropHeaders", "headers="}, {"DropHeaders", "headers=a,a"},
      {"HeaderFrom$Value", ""}, {"HeaderFrom$Value", "fields=;headers=;operation=move"}, {"HeaderFrom$Value", "fields=a,b;headers=a;operation=copy"},
      {"HeaderFrom$Value", "fields=a;headers=a;operation=Move"}, {"HeaderFrom$Value", "fields=a;headers=;operation=move"},
      {"HeaderFrom$Value", "fields=a;headers=a"},
      {"InsertHeader", ""}, {"InsertHeader", "header=a"}, {"InsertHeader", "value.literal=a"}, {"InsertHeader", "header=;value.literal="},
      {"SetSchemaMetadata$Value", ""}, {"SetSchemaMetadata$Value", "schema.version=x"}, {"SetSchemaMetadata$Value", "schema.version=99999999999"},
      {"TimestampConverter$Value", ""}, {"TimestampConverter$Value", "target.type=date"}, {"TimestampConverter$Value", "target.type=string"},
      {"TimestampConverter$Value", "target.type=string;format= "}, {"TimestampConverter$Value", "target.type=unix;format=yyyy-qq"},
      {"TimestampConverter$Value", "target.type=unix;format='yyyy"}, {"TimestampConverter$Value", "target.type=unix;format=XXXX"},
      {"TimestampConverter$Value", "target.type=unix;unix.precision=ms"}, {"TimestampConverter$Value", "target.type=unix;format=yyyy-A"},
      {"ValueToKey", ""}, {"ValueToKey", "fields="}, {"ValueToKey", "fields=a,a"}, {"ValueToKey", "fields=a,,b"},
  };

  static final String[][] ROUTES = {
      {"(.*)-raw", "$1", "orders-raw"}, {"(.*)-raw", "$1", "orders"}, {"(?<t>.*)-raw", "x.${t}", "orders-raw"},
      {"(a)(b)?", "[$1$2]", "a"}, {"(a)", "$12", "a"}, {"a|ab", "x", "ab"}, {"b", "\\$1\\\\", "b"}, {"a", "$1", "a"},
      {"a", "${n}", "a"}, {"a", "$", "a"}, {"a", "\\", "a"}, {"a", "$x", "a"}, {".*", "x", "abc"}, {"a*", "x", ""},
      {"(?i)ORDERS", "x", "orders"}, {"[^.]+\\.(.*)", "$1", "db.public.users"}, {"\\p{Lower}+", "x", "abc"},
      {"\\p{Alpha}\\p{Digit}", "x", "a1"}, {"[\\p{Alnum}_.-]+", "x", "a_1.b-2"}, {"\\Qa.b\\E", "x", "a.b"},
      {"\\Qa.b\\E", "x", "axb"}, {"(?!__).*", "x$0", "__c"}, {"(?<!x)a", "y", "a"}, {"\\w++-\\d{2,3}+", "n", "ab-123"},
      {"(?:a|b){2}", "n", "ab"}, {"\\u0061", "n", "a"}, {"\\x61", "n", "a"}, {"[]a]+", "n", "]a"}, {"a{2}", "n", "aa"},
      {"(\\w)\\1", "n", "zz"}, {"(?<c>\\w)\\k<c>", "n", "zz"}, {"(?x) a b # c", "n", "ab"}, {"a$", "n", "a"}, {"^a", "n", "a"},
  };

  // Of predicates. Records have the headers a, b, a, c, or none.
  static final String[] HEADER_NAMES = {"name=a", "name=b", "name=c", "name=A", "name= a ", "name=nope", "name=", "name= ", ""};
  static final String[] TOPIC_PATTERNS = {
      "pattern=orders", "pattern=orders.*", "pattern=order", "pattern=.*", "pattern=(?i)ORDERS", "pattern=[a-z]+-\\d{2}",
      "pattern=(a|b)*c", "pattern=\\Qa.b\\E", "pattern=a.b", "pattern=^orders$", "pattern=(?!dead).*", "pattern=\\p{Alpha}+",
      "pattern= orders ", "pattern=[", "pattern=*", "pattern=(", "pattern=a{2,1}", "pattern=", "pattern= ", ""};
  static final String[] TOPICS = {"orders", "orders-01", "a.b", "axb", "dead-letters", "ORDERS", "aabbc", "or", "\u00e9t\u00e9"};
}
