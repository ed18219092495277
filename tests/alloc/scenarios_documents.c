#include "scenarios.h"

#include "base/csv.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/yaml.h"

static const char json_text[] =
    "{\"name\": \"a\\u4f1a\", \"list\": [1, 2.5, true, null, {\"deep\": []}],\n"
    " \"number\": 12345678901, \"text\": \"a longer piece of text\"}";

static const char yaml_text[] = "name: a 会\n"
                                "list: [1, 2.5, true, null, {deep: []}]\n"
                                "block:\n  - one\n  - two: |\n      text\n";

/* A parser that says yes with half of the content would be worse than one that
 * says no. */
static int check_root(int r, const cs_doc *doc, size_t len)
{
    return r == 0 && cs_doc_root(doc)->len != len ? CS_E_FAILED : r;
}

static int json(const char *dir)
{
    (void)dir;
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_parse_json(json_text, sizeof(json_text) - 1, "x.json", NULL,
                              &doc, NULL);
    return check_root(r, doc, 4);
}

static int yaml(const char *dir)
{
    (void)dir;
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_parse_yaml(yaml_text, sizeof(yaml_text) - 1, "x.yaml", NULL,
                              &doc, NULL);
    return check_root(r, doc, 3);
}

static int written_json(const char *dir)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_PRETTY);
    cs_json_open_array(&w);
    for (int i = 0; i < 50; i++)
        cs_json_cstring(&w, dir);
    cs_json_close_array(&w);
    return cs_json_finish(&w);
}

/* More columns than the first piece of a record has room for. */
static int table(const char *dir)
{
    (void)dir;
    static const char text[] = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n"
                               "1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,\"7\"\n";
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    double v = 0;
    int r = cs_csv_parse(cs_str_of(text), "x.csv", &c, NULL);
    if (r == 0)
        r = cs_csv_header(&c, NULL);
    if (r == 0)
        r = cs_csv_next(&c, NULL);
    if (r == 1)
        r = cs_csv_number(&c, 16, &v, NULL);
    return r == 0 && v != 7 ? CS_E_FAILED : r;
}

static const alloc_scenario items[] = {
    {"json", json, false},
    {"yaml", yaml, false},
    {"written json", written_json, false},
    {"table", table, false},
};

const scenario_list scenarios_documents = SCENARIO_LIST(items);
