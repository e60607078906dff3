// swift-tools-version: 6.2
//
// The floors of the house, lowest first. A target depends only on targets of lower floors, but for the edges that
// docs/ARCHITECTURE.md names; Tests/ArchitectureTests holds the import lines against this list.
// One dependency per line, sorted.
import PackageDescription

/// Where Debian keeps the OpenCV headers; set OPENCV_INCLUDE_DIR for another place.
let openCVInclude = Context.environment["OPENCV_INCLUDE_DIR"] ?? "/usr/include/opencv4"

/// Folder with `include/` and `lib/` of another libtorch than the system's; see docs/workarounds.md for the C++ standard.
let libtorch = Context.environment["LIBTORCH"]
let torchHeaders =
  libtorch.map { ["\($0)/include", "\($0)/include/torch/csrc/api/include"] }
  ?? ["/usr/include/torch/csrc/api/include"]
let torchStandard = Context.environment["LIBTORCH_CXX_STANDARD"] ?? "c++17"

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies, exclude: exclude,
    swiftSettings: strict)
}

/// A C++ body loaded when first used: its header is a target of its own, so that nothing links the library behind it.
func shim(_ name: String, header: Target.Dependency, flags: [String], libraries: [String], standard: String) -> Target {
  .target(
    name: name,
    dependencies: [header],
    cxxSettings: [
      // As C++20, clang would take the header for a module of C++, and want it compiled beforehand.
      .unsafeFlags(
        flags.flatMap { ["-isystem", $0] } + ["-std=\(standard)", "-fno-cxx-modules", "-fvisibility=hidden", "-O2"])
    ],
    linkerSettings: libraries.map { .linkedLibrary($0) }
      + (libtorch.map { [.unsafeFlags(["-L\($0)/lib", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib"])] } ?? []))
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "dfprep",
  products: [
    .executable(name: "dfprep", targets: ["dfprep"]),
    .executable(name: "dfprep-demo-media", targets: ["DemoMedia"]),
    .executable(name: "dfprep-training-benchmark", targets: ["TrainingBenchmark"]),
    .library(name: "FFmpegFilterShim", type: .dynamic, targets: ["FFmpegFilterShim"]),
    .library(name: "OneDNNShim", type: .dynamic, targets: ["OneDNNShim"]),
    .library(name: "OpenBLASShim", type: .dynamic, targets: ["OpenBLASShim"]),
    .library(name: "OpenCVImageShim", type: .dynamic, targets: ["OpenCVImageShim"]),
    .library(name: "OpenCVNetworkShim", type: .dynamic, targets: ["OpenCVNetworkShim"]),
    .library(name: "TorchShim", type: .dynamic, targets: ["TorchShim"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
  ],
  targets: [
    // Floor 1: C headers, C++ bodies, the loader between them.
    .target(name: "CFFmpeg", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CFFmpegFilter"),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "COneDNN"),
    .target(name: "COpenBLAS"),
    .target(name: "COpenCVImage"),
    .target(name: "COpenCVNetwork"),
    .target(name: "CPixelKernels"),
    .target(name: "CRowKernels"),
    .target(name: "CTorch"),
    module("NativeLibraries"),
    shim(
      "FFmpegFilterShim", header: "CFFmpegFilter", flags: [], libraries: ["avfilter", "avutil"], standard: "c++17"),
    shim("OneDNNShim", header: "COneDNN", flags: [], libraries: ["dnnl"], standard: "c++17"),
    shim("OpenBLASShim", header: "COpenBLAS", flags: [], libraries: ["openblas"], standard: "c++17"),
    shim(
      "OpenCVImageShim", header: "COpenCVImage", flags: [openCVInclude],
      libraries: ["opencv_core", "opencv_imgproc"], standard: "c++17"),
    shim(
      "OpenCVNetworkShim", header: "COpenCVNetwork", flags: [openCVInclude],
      libraries: ["opencv_core", "opencv_dnn", "opencv_imgproc", "opencv_objdetect"], standard: "c++17"),
    shim(
      "TorchShim", header: "CTorch", flags: torchHeaders,
      libraries: ["torch", "torch_cpu", "c10"], standard: torchStandard),

    // Floor 2: plain values, pixels, frozen networks, tensors.
    module("Imaging", ["CJPEG", "COpenCVImage", "CPixelKernels", "CPNG", "NativeLibraries", "Records"]),
    module("Networks", ["COneDNN", "COpenCVNetwork", "NativeLibraries"]),
    module("Records", [crypto]),
    module("Tensors", ["CTorch", "NativeLibraries"]),

    // Floor 3: the domain. `Models` uses Tensors; `Training` uses Models and Evaluation, `Shortcuts` Evaluation; nothing else
    // goes sideways.
    module("Augmentation", ["Imaging", "Records"]),
    module("Clustering", ["COpenBLAS", "CRowKernels", "NativeLibraries", "Records"]),
    module("Datasets", ["Records", toml]),
    module("Decoding", ["CFFmpeg", "CFFmpegFilter", "Imaging", "NativeLibraries", "Records"]),
    module("Evaluation", ["Records"]),
    module("Faces", ["Imaging", "Networks", "Records"]),
    module("Models", ["Records", "Tensors"]),
    // Scripts and styles become part of the code: a copied binary has them.
    module("Reporting", ["CZlib", "Records", mustache], resources: [.embedInCode("Page")]),
    module("Sharding", ["Records"]),
    module("Shortcuts", ["Evaluation", "Records"]),
    module("Splitting", ["Records"]),
    module("Training", ["Evaluation", "Models", "Records", "Tensors"]),

    // Floor 4: the engine. Knows no stage by name.
    module("Engine", ["Records", "Sharding", grdb, logging, yams]),

    // Floor 5: one file per YAML stage.
    module(
      "Stages",
      [
        "Augmentation",
        "Clustering",
        "Datasets",
        "Decoding",
        "Engine",
        "Evaluation",
        "Faces",
        "Imaging",
        "Models",
        "Networks",
        "Records",
        "Reporting",
        "Sharding",
        "Shortcuts",
        "Splitting",
        "Tensors",
        "Training",
        toml,
      ]),

    // Floor 6: the command, and the tool that makes the demo's media.
    .executableTarget(
      name: "dfprep",
      dependencies: ["Engine", "Stages", argumentParser],
      swiftSettings: strict),
    .executableTarget(
      name: "DemoMedia",
      dependencies: ["Decoding", "Faces", "Imaging", "Records", argumentParser],
      swiftSettings: strict),
    // The measured half of `make bench-training`.
    .executableTarget(
      name: "TrainingBenchmark", dependencies: ["Models", "Stages", "Tensors", "Training"],
      path: "Benchmarks/training/TrainingBenchmark", swiftSettings: strict),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Imaging", "Records"], path: "Tests/TestSupport", swiftSettings: strict),
    tests("Augmentation", ["Imaging", "Records"]),
    tests("Clustering", ["Records"]),
    tests("Datasets", ["Records"]),
    tests("Decoding", ["Imaging", "Records"]),
    tests("Engine", ["Records", yams]),
    tests("Evaluation", ["Records"]),
    tests("Faces", ["Imaging", "Networks", "Records"]),
    tests("Imaging", ["Records"]),
    tests("Models", ["Records", "Tensors"]),
    tests("Networks", ["Imaging", "Records"]),
    tests("Records"),
    tests("Reporting", ["Imaging", "Records"]),
    tests("Sharding", ["Records"]),
    tests("Shortcuts", ["Evaluation", "Records"]),
    tests("Splitting", ["Records"]),
    tests("Stages", ["Engine", "Evaluation", "Faces", "Imaging", "Records", "Sharding", "Shortcuts", "dfprep"]),
    tests("Tensors"),
    tests(
      "Training", ["Models", "Records", "Tensors"],
      exclude: ["Contrastive/make-references.py", "Contrastive/references.json"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
  ]
)

// Development only: DFPREP_ONLY=ClusteringTests builds those targets and what they need, and nothing else.
if let only = Context.environment["DFPREP_ONLY"] {
  var kept = Set<String>()
  func keep(_ name: String) {
    guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { return }
    for dependency in target.dependencies {
      switch dependency {
      case .targetItem(let name, _), .byNameItem(let name, _): keep(name)
      default: break
      }
    }
  }
  only.split(separator: ",").forEach { keep(String($0)) }
  package.targets.removeAll { !kept.contains($0.name) }
  package.products.removeAll { product in
    switch product {
    case let library as Product.Library: !library.targets.allSatisfy(kept.contains)
    case let executable as Product.Executable: !executable.targets.allSatisfy(kept.contains)
    default: true
    }
  }
}
