/* The transforms of one tile, for MD x MH x MW outputs. Included once
 * for each kind; the axes are transformed one after the other. */

#define ND ((size_t)(MD == 1 ? 1 : MD + 2))
#define NH ((size_t)(MH == 1 ? 1 : MH + 2))
#define NW ((size_t)(MW == 1 ? 1 : MW + 2))
#define TD ((size_t)(MD == 1 ? 1 : 3))
#define TH ((size_t)(MH == 1 ? 1 : 3))
#define TW ((size_t)(MW == 1 ? 1 : 3))
#define AREA ((size_t)MH * MW)
#define KIND TK_GLUE(TK_GLUE(MD, MH), MW)
#define ALONG(what, m) TK_GLUE(what##_, m)
#define TILE_NAME(what) TK_GLUE(TK_GLUE(what, KIND), TK_TIER)

static void TILE_NAME(input_)(const float *x, size_t sd, size_t sh, float *v,
                              size_t step)
{
    v8 a[ND * NH * NW];
    v8 b[NH * NW];
    v8 r[NW];
    for (size_t h = 0; h < NH; h++)
        for (size_t w = 0; w < NW; w++)
            ALONG(input, MD)
    ((const v8 *)x + h * sh / 8 + w, sd / 8, a + h * NW + w, NH * NW);
    for (size_t d = 0; d < ND; d++) {
        for (size_t w = 0; w < NW; w++)
            ALONG(input, MH)(a + d * NH * NW + w, NW, b + w, NW);
        for (size_t h = 0; h < NH; h++) {
            ALONG(input, MW)(b + h * NW, 1, r, 1);
            for (size_t w = 0; w < NW; w++)
                v8_store(v + ((d * NH + h) * NW + w) * step, r[w]);
        }
    }
}

static void TILE_NAME(output_)(const float *v, size_t step, float *y, size_t sd,
                               size_t sh, const float *bias, float slope)
{
    v8 row[NW];
    v8 a[NH * MW];
    v8 b[ND * AREA];
    v8 o[MD];
    for (size_t d = 0; d < ND; d++) {
        for (size_t h = 0; h < NH; h++) {
            for (size_t w = 0; w < NW; w++)
                row[w] = v8_load(v + ((d * NH + h) * NW + w) * step);
            ALONG(output, MW)(row, 1, a + h * MW, 1);
        }
        for (size_t w = 0; w < MW; w++)
            ALONG(output, MH)(a + w, MW, b + d * AREA + w, MW);
    }
    v8 plus = v8_load(bias);
    v8 factor = v8_set(slope);
    for (size_t i = 0; i < AREA; i++) {
        ALONG(output, MD)(b + i, AREA, o, 1);
        for (size_t d = 0; d < MD; d++) {
            v8 t = o[d] + plus;
            v8_store(y + d * sd + (i / MW) * sh + (i % MW) * 8,
                     v8_max(t * factor, t));
        }
    }
}

static void TILE_NAME(gradient_)(const float *dy, size_t sd, size_t sh,
                                 float *v, size_t step)
{
    v8 a[ND * AREA];
    v8 b[NH * MW];
    v8 r[NW];
    for (size_t h = 0; h < MH; h++)
        for (size_t w = 0; w < MW; w++)
            ALONG(gradient, MD)
    ((const v8 *)dy + h * sh / 8 + w, sd / 8, a + h * MW + w, AREA);
    for (size_t d = 0; d < ND; d++) {
        for (size_t w = 0; w < MW; w++)
            ALONG(gradient, MH)(a + d * AREA + w, MW, b + w, MW);
        for (size_t h = 0; h < NH; h++) {
            ALONG(gradient, MW)(b + h * MW, 1, r, 1);
            for (size_t w = 0; w < NW; w++)
                v8_store(v + ((d * NH + h) * NW + w) * step, r[w]);
        }
    }
}

/* Taps [d][h][w] of eight output channels to points. */
static void TILE_NAME(kernel_)(const float *g, float *u, size_t step)
{
    v8 a[ND * TH * TW];
    v8 b[NH * TW];
    v8 r[NW];
    for (size_t i = 0; i < TH * TW; i++)
        ALONG(kernel, MD)((const v8 *)g + i, TH * TW, a + i, TH * TW);
    for (size_t d = 0; d < ND; d++) {
        for (size_t w = 0; w < TW; w++)
            ALONG(kernel, MH)(a + d * TH * TW + w, TW, b + w, TW);
        for (size_t h = 0; h < NH; h++) {
            ALONG(kernel, MW)(b + h * TW, 1, r, 1);
            for (size_t w = 0; w < NW; w++)
                v8_store(u + ((d * NH + h) * NW + w) * step, r[w]);
        }
    }
}

static void TILE_NAME(taps_)(const float *u, size_t step, float *g)
{
    v8 row[NW];
    v8 a[NH * TW];
    v8 b[ND * TH * TW];
    for (size_t d = 0; d < ND; d++) {
        for (size_t h = 0; h < NH; h++) {
            for (size_t w = 0; w < NW; w++)
                row[w] = v8_load(u + ((d * NH + h) * NW + w) * step);
            ALONG(taps, MW)(row, 1, a + h * TW, 1);
        }
        for (size_t w = 0; w < TW; w++)
            ALONG(taps, MH)(a + w, TW, b + d * TH * TW + w, TW);
    }
    for (size_t i = 0; i < TH * TW; i++)
        ALONG(taps, MD)(b + i, TH * TW, (v8 *)g + i, TH * TW);
}

#undef TD
#undef TH
#undef TW
#undef ND
#undef NH
#undef NW
#undef AREA
#undef KIND
#undef ALONG
#undef TILE_NAME
#undef MD
#undef MH
#undef MW
