// itk_peer CASE IN [--output FILE] [--repeat N]: one operation of ITK on a
// volume, one thread. Prints {"s":median,"rss_mib":peak}; `positions` prints
// where voxels lie instead. Beside it, bench/image and tests/golden/imaging.py
// run the same with Consilium. C++ because the peer is.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <itkBSplineInterpolateImageFunction.h>
#include <itkBinaryBallStructuringElement.h>
#include <itkBinaryDilateImageFilter.h>
#include <itkBinaryErodeImageFilter.h>
#include <itkBinaryMorphologicalClosingImageFilter.h>
#include <itkBinaryMorphologicalOpeningImageFilter.h>
#include <itkConnectedComponentImageFilter.h>
#include <itkImage.h>
#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkMedianImageFilter.h>
#include <itkMetaImageIOFactory.h>
#include <itkMultiThreaderBase.h>
#include <itkNearestNeighborInterpolateImageFunction.h>
#include <itkNiftiImageIOFactory.h>
#include <itkRelabelComponentImageFilter.h>
#include <itkResampleImageFilter.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>

using Scan = itk::Image<int16_t, 3>;
using Mask = itk::Image<uint8_t, 3>;
using Labels = itk::Image<int32_t, 3>;
using Distances = itk::Image<float, 3>;

struct Options {
  std::string name, in, output, like;
  double spacing = 1;
  int repeat = 1;
  int radius = 5;
};

template <class Image> typename Image::Pointer read(const std::string &path) {
  auto reader = itk::ImageFileReader<Image>::New();
  reader->SetFileName(path);
  reader->Update();
  typename Image::Pointer image = reader->GetOutput();
  image->DisconnectPipeline();
  return image;
}

template <class Image> void write(const Image *image, const std::string &path) {
  if (path.empty())
    return;
  auto writer = itk::ImageFileWriter<Image>::New();
  writer->SetInput(image);
  writer->SetFileName(path);
  writer->SetUseCompression(path.find("gz") != std::string::npos || path.find("mha") != std::string::npos);
  writer->Update();
}

// Medians of what `work` takes; it starts anew each time.
static double median_of(int repeat, const std::function<void()> &work) {
  std::vector<double> times;
  for (int i = 0; i < repeat; i++) {
    auto start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

static void tell(double seconds) {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"s\":%.6f,\"rss_mib\":%.1f}\n", seconds, usage.ru_maxrss / 1024.0);
}

// --- the grids that Consilium resamples to ---

template <class Filter, class Image> void set_grid(Filter *filter, const Image *in, const Options &o) {
  if (!o.like.empty()) {
    auto like = read<Scan>(o.like);
    filter->SetSize(like->GetLargestPossibleRegion().GetSize());
    filter->SetOutputSpacing(like->GetSpacing());
    filter->SetOutputOrigin(like->GetOrigin());
    filter->SetOutputDirection(like->GetDirection());
    return;
  }
  // As many voxels as cover the same box, centred over it.
  auto size = in->GetLargestPossibleRegion().GetSize();
  auto spacing = in->GetSpacing();
  itk::ContinuousIndex<double, 3> first;
  for (int i = 0; i < 3; i++) {
    double n = std::ceil(size[i] * spacing[i] / o.spacing - 1e-6);
    first[i] = (size[i] - 1.0) / 2 - (n - 1) / 2 * o.spacing / spacing[i];
    size[i] = static_cast<size_t>(n);
    spacing[i] = o.spacing;
  }
  typename Image::PointType origin;
  in->TransformContinuousIndexToPhysicalPoint(first, origin);
  filter->SetSize(size);
  filter->SetOutputSpacing(spacing);
  filter->SetOutputOrigin(origin);
  filter->SetOutputDirection(in->GetDirection());
}

template <class Image, class Out, class Interpolator> double resample_to(const Options &o, double outside) {
  auto in = read<Image>(o.in);
  typename Out::Pointer out;
  double s = median_of(o.repeat, [&] {
    auto filter = itk::ResampleImageFilter<Image, Out>::New();
    filter->SetInput(in);
    filter->SetInterpolator(Interpolator::New());
    filter->SetDefaultPixelValue(static_cast<typename Out::PixelType>(outside));
    set_grid(filter.GetPointer(), in.GetPointer(), o);
    filter->Update();
    out = filter->GetOutput();
    out->DisconnectPipeline();
  });
  write<Out>(out, o.output);
  return s;
}

// Timed in the scan's own type; compared as floats, because ITK cuts off the
// fraction of integers, which would hide half of a unit.
template <class Image, class Interpolator> double resample(const Options &o, double outside) {
  return o.output.empty() ? resample_to<Image, Image, Interpolator>(o, outside)
                          : resample_to<Image, Distances, Interpolator>(o, outside);
}

static double linear(const Options &o) {
  return resample<Scan, itk::LinearInterpolateImageFunction<Scan, double>>(o, -1024);
}
static double nearest(const Options &o) {
  return resample<Mask, itk::NearestNeighborInterpolateImageFunction<Mask, double>>(o, 0);
}
static double cubic(const Options &o) {
  return resample<Scan, itk::BSplineInterpolateImageFunction<Scan, double, double>>(o, -1024);
}

// --- one image in, one out ---

template <class In, class Out> double once(const Options &o, const std::function<typename Out::Pointer(In *)> &work) {
  auto in = read<In>(o.in);
  typename Out::Pointer out;
  double s = median_of(o.repeat, [&] { out = work(in); });
  write<Out>(out, o.output);
  return s;
}

static double components_of(const Options &o, bool full) {
  return once<Mask, Labels>(o, [full](Mask *in) {
    auto label = itk::ConnectedComponentImageFilter<Mask, Labels>::New();
    label->SetInput(in);
    label->SetFullyConnected(full);
    auto sort = itk::RelabelComponentImageFilter<Labels, Labels>::New();
    sort->SetInput(label->GetOutput());
    sort->Update();
    return Labels::Pointer(sort->GetOutput());
  });
}
static double components6(const Options &o) { return components_of(o, false); }
static double components26(const Options &o) { return components_of(o, true); }

static double distance(const Options &o) {
  return once<Mask, Distances>(o, [](Mask *in) {
    auto filter = itk::SignedMaurerDistanceMapImageFilter<Mask, Distances>::New();
    filter->SetInput(in);
    filter->SetUseImageSpacing(true);
    filter->SetSquaredDistance(false);
    filter->SetInsideIsPositive(false);
    filter->Update();
    return Distances::Pointer(filter->GetOutput());
  });
}

using Ball = itk::BinaryBallStructuringElement<uint8_t, 3>;

static Ball ball_of(int radius) {
  Ball ball;
  ball.SetRadius(radius);
  ball.CreateStructuringElement();
  return ball;
}

template <class Filter> static Mask::Pointer with_ball(Mask *in, int radius, const std::function<void(Filter *)> &set) {
  auto filter = Filter::New();
  filter->SetInput(in);
  filter->SetKernel(ball_of(radius));
  set(filter);
  filter->Update();
  return filter->GetOutput();
}

static double closing(const Options &o) {
  using Filter = itk::BinaryMorphologicalClosingImageFilter<Mask, Mask, Ball>;
  return once<Mask, Mask>(o, [&](Mask *in) {
    return with_ball<Filter>(in, o.radius, [](Filter *f) { f->SetForegroundValue(1); });
  });
}
static double opening(const Options &o) {
  using Filter = itk::BinaryMorphologicalOpeningImageFilter<Mask, Mask, Ball>;
  return once<Mask, Mask>(o, [&](Mask *in) {
    return with_ball<Filter>(in, o.radius, [](Filter *f) { f->SetForegroundValue(1); });
  });
}
static double dilate(const Options &o) {
  using Filter = itk::BinaryDilateImageFilter<Mask, Mask, Ball>;
  return once<Mask, Mask>(o, [&](Mask *in) {
    return with_ball<Filter>(in, o.radius, [](Filter *f) { f->SetDilateValue(1); });
  });
}
static double erode(const Options &o) {
  using Filter = itk::BinaryErodeImageFilter<Mask, Mask, Ball>;
  return once<Mask, Mask>(o, [&](Mask *in) {
    return with_ball<Filter>(in, o.radius, [](Filter *f) { f->SetErodeValue(1); });
  });
}

static double median(const Options &o) {
  return once<Scan, Scan>(o, [](Scan *in) {
    auto filter = itk::MedianImageFilter<Scan, Scan>::New();
    Scan::SizeType radius;
    radius.Fill(1);
    filter->SetInput(in);
    filter->SetRadius(radius);
    filter->Update();
    return Scan::Pointer(filter->GetOutput());
  });
}

static double reading(const Options &o) {
  Scan::Pointer in;
  double s = median_of(o.repeat, [&] { in = read<Scan>(o.in); });
  write<Scan>(in, o.output);
  return s;
}

// World positions of the corners and of some voxels inside, and their values.
static int positions(const Options &o) {
  auto in = read<itk::Image<double, 3>>(o.in);
  auto size = in->GetLargestPossibleRegion().GetSize();
  std::printf("{\"size\":[%lu,%lu,%lu],\"voxels\":[", (unsigned long)size[0], (unsigned long)size[1], (unsigned long)size[2]);
  for (int n = 0; n < 40; n++) {
    itk::Image<double, 3>::IndexType at;
    for (int i = 0; i < 3; i++)
      at[i] = n < 8 ? (n >> i & 1) * (long)(size[i] - 1) : (long)((n * (7919L + 613 * i) + 31 * i) % (long)size[i]);
    itk::Image<double, 3>::PointType p;
    in->TransformIndexToPhysicalPoint(at, p);
    std::printf("%s[%ld,%ld,%ld,%.17g,%.17g,%.17g,%.17g]", n ? "," : "", (long)at[0], (long)at[1], (long)at[2], p[0], p[1], p[2], in->GetPixel(at));
  }
  std::printf("]}\n");
  return 0;
}

static Options options_of(int argc, char **argv) {
  Options o;
  o.name = argv[1];
  o.in = argv[2];
  for (int i = 3; i + 1 < argc; i += 2) {
    std::string key = argv[i], value = argv[i + 1];
    if (key == "--output")
      o.output = value;
    else if (key == "--like")
      o.like = value;
    else if (key == "--repeat")
      o.repeat = std::atoi(value.c_str());
    else if (key == "--radius")
      o.radius = std::atoi(value.c_str());
    else if (key == "--spacing")
      o.spacing = std::atof(value.c_str());
    else
      throw std::invalid_argument(key);
  }
  return o;
}

static int run(const Options &o) {
  static const std::map<std::string, double (*)(const Options &)> cases = {
      {"read", reading},       {"linear", linear},         {"nearest", nearest},
      {"cubic", cubic},        {"components", components6}, {"components26", components26},
      {"distance", distance},  {"closing", closing},       {"opening", opening},
      {"dilate", dilate},      {"erode", erode},           {"median", median},
  };
  if (o.name == "positions")
    return positions(o);
  auto found = cases.find(o.name);
  if (found == cases.end()) {
    std::fprintf(stderr, "itk_peer: no case '%s'\n", o.name.c_str());
    return 2;
  }
  tell(found->second(o));
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: itk_peer CASE IN [--output FILE] [--repeat N] [--radius N] [--spacing MM] [--like FILE]\n");
    return 2;
  }
  itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(1);
  itk::MetaImageIOFactory::RegisterOneFactory();
  itk::NiftiImageIOFactory::RegisterOneFactory();
  try {
    return run(options_of(argc, argv));
  } catch (const std::exception &e) {
    std::fprintf(stderr, "itk_peer: %s\n", e.what());
    return 1;
  }
}
