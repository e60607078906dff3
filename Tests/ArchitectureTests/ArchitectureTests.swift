import Foundation
import TestSupport
import Testing

/// Holds the sources against the floors that Package.swift and docs/ARCHITECTURE.md name.
struct ArchitectureTests {
  /// Every folder below Sources, lowest floor first.
  static let floors: [[String]] = [
    [
      "CFFmpeg", "CFFmpegFilter", "CJPEG", "COneDNN", "COpenBLAS", "COpenCVImage", "COpenCVNetwork", "CPNG",
      "CPixelKernels", "CRowKernels", "CTorch", "CZlib", "FFmpegFilterShim", "NativeLibraries", "OneDNNShim",
      "OpenBLASShim", "OpenCVImageShim", "OpenCVNetworkShim", "TorchShim",
    ],
    ["Imaging", "Networks", "Records", "Tensors"],
    [
      "Augmentation", "Clustering", "Datasets", "Decoding", "Evaluation", "Faces", "Models", "Reporting", "Sharding",
      "Shortcuts", "Splitting", "Training",
    ],
    ["Engine"],
    ["Stages"],
    ["DemoMedia", "dfprep"],
  ]
  /// The only imports between modules of one floor.
  static let sidewaysEdges: Set<String> = [
    "Imaging > Records", "Shortcuts > Evaluation", "Training > Evaluation", "Training > Models",
  ]
  static let cTargets = floors[0].filter { $0.hasPrefix("C") }
  static let shims = floors[0].filter { $0.hasSuffix("Shim") }

  let tree = SourceTree()

  @Test("the table of floors names the folders of Sources, and no others")
  func tableIsComplete() throws {
    #expect(try tree.modules() == Self.floors.joined().sorted())
  }

  @Test("a module imports only from lower floors, but for the named edges")
  func importsGoDown() throws {
    var floorOf: [String: Int] = [:]
    for (floor, names) in Self.floors.enumerated() { for name in names { floorOf[name] = floor } }
    var sideways: Set<String> = []
    for line in try tree.imports() {
      guard let from = floorOf[line.importer], let to = floorOf[line.imported] else { continue }
      if from == to { sideways.insert(line.edge) }
      #expect(to < from || Self.sidewaysEdges.contains(line.edge), "\(line.file): \(line.edge)")
    }
    #expect(sideways == Self.sidewaysEdges, "an edge that nothing uses is to be taken out of the table")
  }

  @Test("exactly one Swift module imports each C target", arguments: cTargets)
  func oneImporterPerCTarget(target: String) throws {
    let importers = Set(try tree.imports().filter { $0.imported == target }.map(\.importer))
    #expect(importers.count == 1, "\(target) is imported by \(importers.sorted())")
  }

  @Test("nothing imports a shim: it is loaded when first used")
  func shimsAreNotLinked() throws {
    #expect(try tree.imports().filter { Self.shims.contains($0.imported) }.map(\.file) == [])
  }

  @Test("only executables parse arguments")
  func argumentParserStaysInExecutables() throws {
    let importers = Set(try tree.imports().filter { $0.imported == "ArgumentParser" }.map(\.importer))
    #expect(importers.isSubset(of: ["DemoMedia", "dfprep"]))
  }

  @Test("of the domain, the engine knows tars alone")
  func engineKnowsNoDomain() throws {
    let domain = Set(Self.floors[2])
    let known = Set(try tree.imports().filter { $0.importer == "Engine" }.map(\.imported)).intersection(domain)
    #expect(known == ["Sharding"])
  }

  @Test("the command knows the engine and the stages, and no library below them")
  func commandKnowsNoLibrary() throws {
    let allowed: Set = ["ArgumentParser", "Engine", "Foundation", "Logging", "Stages"]
    let others = try tree.imports().filter { $0.importer == "dfprep" && !allowed.contains($0.imported) }
    #expect(others.map { "\($0.file): \($0.imported)" } == [])
  }

  @Test("the engine names no stage")
  func engineNamesNoStage() throws {
    let names = try tree.swiftFiles(of: "Stages").flatMap { file in
      file.text.matches(of: /static let name = ("[a-z-]+")/).map { String($0.1) }
    }
    #expect(names.count > 10, "the search for names no longer finds them")
    for file in try tree.swiftFiles(of: "Engine") {
      let named = names.filter { file.text.contains($0) }
      #expect(named == [], "\(file.path)")
    }
  }

  @Test("no stage names another")
  func stagesAreStrangers() throws {
    let files = try tree.swiftFiles(of: "Stages").filter { $0.path.hasSuffix("Stage.swift") }
    let types = files.map { ($0, $0.path.split(separator: "/").last.map { String($0.dropLast(6)) } ?? "") }
    #expect(types.count > 10, "the search for stages no longer finds them")
    for (file, own) in types {
      let named = types.map(\.1).filter { $0 != own && file.text.contains($0) }
      #expect(named == [], "\(file.path)")
    }
  }

  @Test("no source traps, or leaves work for later", arguments: ["try!", "fatalError(", "TODO", "FIXME"])
  func nothingForbidden(phrase: String) throws {
    #expect(try tree.files().filter { $0.text.contains(phrase) }.map(\.path) == [])
  }

  @Test("a source file has at most 400 lines")
  func filesAreShort() throws {
    for file in try tree.files() {
      let lines = file.text.utf8.count { $0 == UInt8(ascii: "\n") }
      #expect(lines <= 400, "\(file.path) has \(lines)")
    }
  }

  @Test("docs/ARCHITECTURE.md has a paragraph on every module")
  func everyModuleIsDescribed() throws {
    let text = try String(contentsOf: TestFiles.repository.appending(path: "docs/ARCHITECTURE.md"), encoding: .utf8)
    #expect(Self.floors.joined().filter { !text.contains("**\($0)**") } == [])
  }

  @Test("import lines are read whatever their access level and kind")
  func importLinesAreRead() {
    let text = """
      import A
      private import B
        internal import struct C.Value
      @testable package import D
      // import E
      let text = "import F"
      """
    #expect(SourceTree.importedModules(text) == ["A", "B", "C", "D"])
  }
}
