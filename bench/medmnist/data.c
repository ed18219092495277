#include "data.h"

#include "base/mem.h"
#include "base/path.h"
#include "tensor/npy.h"

static int read_array(const char *dir, const char *name, const char *what,
                      tn_tensor *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) file = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_printf(&file, "%s_%s.npy", name, what);
    cs_path_join(&path, cs_str_of(dir), cs_strbuf_str(&file));
    if (cs_strbuf_check(&file) < 0 || cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    int r = tn_npy_read(path.data, ret, info);
    char text[TN_SHAPE_TEXT_MAX];
    if (r == 0 && (ret->dtype != TN_U8 || !tn_is_contiguous(ret)))
        r = cs_fail(info, CS_E_FORMAT, "%s: %s %s, not bytes in C order",
                    path.data, tn_dtype_name(ret->dtype),
                    tn_shape_text(&ret->shape, text));
    return r;
}

static int check_shapes(const tn_tensor *images, const tn_tensor *labels,
                        cs_errinfo *info)
{
    const tn_shape *s = &images->shape;
    const tn_shape grey = TN_SHAPE(s->dim[0], SIDE, SIDE);
    const tn_shape colour = TN_SHAPE(s->dim[0], SIDE, SIDE, CHANNELS);
    const tn_shape column = TN_SHAPE(s->dim[0], 1);
    char have[TN_SHAPE_TEXT_MAX];
    char have_labels[TN_SHAPE_TEXT_MAX];
    if (s->dim[0] > 0 &&
        (tn_shape_equal(s, &grey) || tn_shape_equal(s, &colour)) &&
        tn_shape_equal(&labels->shape, &column))
        return 0;
    return cs_fail(info, CS_E_FORMAT, "images are %s and labels %s",
                   tn_shape_text(s, have),
                   tn_shape_text(&labels->shape, have_labels));
}

/* One image from [28][28][channels] into [3][28][28]. */
static void convert(const uint8_t *from, size_t channels, float *to)
{
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t i = 0; i < PLANE; i++)
            to[c * PLANE + i] =
                ((float)from[i * channels + c % channels] / 255 - 0.5F) / 0.5F;
}

int part_read(med_part *p, const char *dir, const char *name, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) images = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) labels = TN_TENSOR_INIT;
    int r = read_array(dir, name, "images", &images, info);
    if (r == 0)
        r = read_array(dir, name, "labels", &labels, info);
    if (r == 0)
        r = check_shapes(&images, &labels, info);
    if (r < 0)
        return r;
    p->n = images.shape.dim[0];
    p->images = cs_calloc(p->n, PIXELS * sizeof(float));
    p->labels = cs_calloc(p->n, sizeof(*p->labels));
    if (!p->images || !p->labels)
        return cs_fail_nomem(info);
    size_t channels = images.shape.rank == 4 ? CHANNELS : 1;
    const uint8_t *from = tn_data(&images);
    for (size_t i = 0; i < p->n; i++) {
        convert(from + i * PLANE * channels, channels, p->images + i * PIXELS);
        p->labels[i] = ((const uint8_t *)tn_data(&labels))[i];
    }
    return 0;
}

void part_done(med_part *p)
{
    cs_free(p->images);
    cs_free(p->labels);
    *p = (med_part){0};
}

size_t part_classes(const med_part *p)
{
    int32_t last = 0;
    for (size_t i = 0; i < p->n; i++)
        last = CS_MAX(last, p->labels[i]);
    return (size_t)last + 1;
}
