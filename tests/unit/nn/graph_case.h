/* A graph that a test begins, and what it says at its end. */
#ifndef CS_TESTS_NN_GRAPH_CASE_H
#define CS_TESTS_NN_GRAPH_CASE_H

#include <string.h>

#include "nn/graph.h"
#include "support/test.h"

typedef struct fixture {
    nn_params *params;
    nn_graph *g;
    nn_value x;
} fixture;

static inline fixture begin(tk_dims dims)
{
    fixture f = {NULL, NULL, {0}};
    assert_int_equal(nn_params_new(&f.params, NULL), 0);
    assert_int_equal(nn_graph_new(f.params, &f.g, NULL), 0);
    f.x = nn_input(f.g, "x", &dims);
    return f;
}

static inline void end(fixture *f)
{
    nn_graph_free(f->g);
    nn_params_free(f->params);
}

/* The value y is sound and has these extents. */
static inline void expect_dims(const fixture *f, nn_value y, tk_dims want)
{
    assert_true(y.id >= 0);
    const tk_dims *d = &nn_graph_node(f->g, (size_t)y.id)->dims;
    assert_int_equal(d->n, want.n);
    assert_int_equal(d->c, want.c);
    assert_int_equal(d->d, want.d);
    assert_int_equal(d->h, want.h);
    assert_int_equal(d->w, want.w);
}

static inline void expect_shape(const fixture *f, const char *name,
                                const tn_shape *want)
{
    const nn_param *p = nn_params_find(f->params, name);
    assert_non_null(p);
    assert_true(tn_shape_equal(&p->value.shape, want));
}

/* y was a mistake, of which the graph says this; ends the graph. */
static inline void expect_mistake(fixture *f, nn_value y, int code,
                                  const char *text)
{
    cs_errinfo info = {0};
    char got[512];
    nn_output(f->g, y);
    assert_int_equal(nn_graph_finish(f->g, &info), code);
    assert_string_equal(cs_errinfo_format(&info, got, sizeof(got)), text);
    end(f);
}

#endif
