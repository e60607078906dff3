internal import Datasets
package import Engine
package import Foundation
private import Records

/// A pipeline file, the datasets it names, and this machine's settings: what the verbs work on.
package struct Project {
  package let spec: PipelineSpec
  /// Which file was taken, where its path was found in another case.
  package let pathNote: String?
  private let settings: MachineSettings
  private let catalogue: DatasetCatalogue
  private let catalogueFile: URL
  private let pipelineFile: String
  private let overrides: [String]
  private let limit: Int?
  private let until: String?

  /// Reads and checks the pipeline at `pipeline`.
  ///
  /// - Throws: ``ToolError`` with status 64 when there is no such file, 78 for everything wrong in it.
  package init(
    pipeline: String, overrides: [String] = [], limit: Int? = nil, until: String? = nil, machine: MachineFlags
  ) throws {
    let file = try Self.pipelineFile(pipeline)
    pathNote = file.path == pipeline ? nil : "taking \(file.path) for \(pipeline)"
    catalogueFile = try Self.requireCatalogue(near: file.url)
    catalogue = try Self.loadCatalogue(catalogueFile)
    var spec = try Self.parse(file, catalogue: catalogue, overrides: overrides)
    if let output = machine.output {
      spec.output = URL(filePath: output).standardizedFileURL.path(percentEncoded: false)
    }
    self.spec = spec
    pipelineFile = file.url.standardizedFileURL.path(percentEncoded: false)
    self.overrides = overrides
    settings = try MachineSettings(machine, pipeline: file.url)
    self.limit = limit
    self.until = until
  }

  /// What a run was asked for when it last ran, with the datasets as they are now.
  ///
  /// - Parameter argument: the run's folder, or its pipeline file.
  /// - Throws: ``ToolError`` with status 64 when it is neither.
  package init(run argument: String, machine: MachineFlags) throws {
    let folder = try Self.runFolder(argument)
    let summary = try folder.readSummary()
    let origin = summary.origin
    pathNote = nil
    pipelineFile = origin.pipelineFile
    overrides = origin.overrides
    let file = URL(filePath: origin.catalogueFile)
    guard FileSystem.exists(file) else {
      throw ToolError(
        .missing,
        "the datasets of this run were declared in \(origin.catalogueFile), which is not there; run the pipeline")
    }
    catalogueFile = file
    catalogue = try Self.loadCatalogue(file)
    var spec = summary.pipeline
    spec.output = folder.root.standardizedFileURL.path(percentEncoded: false)
    self.spec = spec
    // The run's own store, unless told otherwise.
    settings = try MachineSettings(machine, pipeline: URL(filePath: origin.pipelineFile))
      .withDefaults(store: summary.store, models: summary.modelsFolder)
    (limit, until) = (origin.limit, origin.until)
  }

  /// What a run would be asked for now: by its pipeline file as it is, with the options that were set on the command line;
  /// where that file is gone, by what the run remembers of it.
  package static func current(run argument: String, machine: MachineFlags) throws -> Project {
    let remembered = try Project(run: argument, machine: machine)
    guard FileSystem.exists(URL(filePath: remembered.pipelineFile)) else { return remembered }
    return try Project(
      pipeline: remembered.pipelineFile, overrides: remembered.overrides, limit: remembered.limit,
      until: remembered.until, machine: remembered.settings.flags(machine, output: remembered.spec.output))
  }

  /// Arguments of dfprep that ask for this run, settings of the machine aside.
  package var runArguments: [String] {
    ["run", pipelineFile, "--output", spec.output] + overrides.flatMap { ["--set", $0] }
      + (limit.map { ["--limit", String($0)] } ?? []) + (until.map { ["--until", $0] } ?? [])
  }

  /// Checks a pipeline file without looking at data.
  package static func validate(pipeline: String) throws -> PipelineSpec {
    let file = try pipelineFile(pipeline)
    return try parse(file, catalogue: loadCatalogue(requireCatalogue(near: file.url)), overrides: [])
  }

  /// What `run` and `plan` need, the datasets scanned.
  ///
  /// - Parameters:
  ///   - phase: what is to be done where the engine is Slurm.
  ///   - command: arguments of dfprep with which a job of a cluster goes on.
  package func request(
    isQuiet: Bool, phase: SlurmRequest.Phase = .submit, command: [String] = []
  ) throws -> RunRequest {
    var listing = SourceListing(sources: [], roots: [:], problems: [])
    for entry in spec.datasets {
      let declaration = try catalogue.declaration(named: entry.name)
      let scan: DatasetScan
      do { scan = try DatasetReaders.scan(declaration) } catch {
        throw ToolError(.missing, "dataset '\(entry.name)': \(error)")
      }
      listing.sources += scan.sources
      listing.roots[entry.name] = declaration.root
      listing.licences[entry.name] = declaration.license
      listing.problems += DatasetSurvey.problems(scan).map { "\(entry.name): \($0)" }
    }
    var request = RunRequest(
      pipeline: spec, listing: listing, registry: StandardStages.registry,
      store: settings.storeFolder(besideRun: URL(filePath: spec.output)),
      modelsFolder: settings.modelsFolder(beside: catalogueFile), executable: try Self.executable(),
      jobs: settings.jobs, until: until, limit: limit, isQuiet: isQuiet,
      engine: settings.engine(phase, command: command), scratch: settings.scratch)
    request.limits = settings.limits
    request.origin = RunOrigin(
      pipelineFile: pipelineFile, catalogueFile: catalogueFile.standardizedFileURL.path(percentEncoded: false),
      overrides: overrides, limit: limit, until: until)
    return request
  }

  /// The folder of a run given as such, or as its pipeline file.
  package static func runFolder(_ argument: String) throws -> RunFolder {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue {
      return RunFolder(root: URL(filePath: argument))
    }
    return RunFolder(root: URL(filePath: try validate(pipeline: argument).output))
  }

  /// datasets.toml in the folder of `file` or one above it, else in the current folder or one above.
  package static func catalogueFile(near file: URL?) -> URL? { self.file(named: "datasets.toml", near: file) }

  /// The file called so in the folder of `file` or one above it, else in the current folder or one above.
  static func file(named name: String, near file: URL?) -> URL? {
    for start in [file?.deletingLastPathComponent(), URL(filePath: FileManager.default.currentDirectoryPath)] {
      guard var folder = start?.standardizedFileURL else { continue }
      while true {
        let candidate = folder.appending(path: name)
        if FileSystem.exists(candidate) { return candidate }
        let parent = folder.deletingLastPathComponent().standardizedFileURL
        if parent.path(percentEncoded: false) == folder.path(percentEncoded: false) || folder.pathComponents.count <= 1
        {
          break
        }
        folder = parent
      }
    }
    return nil
  }

  // MARK: - Pieces

  private static func requireCatalogue(near file: URL) throws -> URL {
    if let found = catalogueFile(near: file) { return found }
    throw ToolError(
      .badConfiguration,
      "there is no datasets.toml beside \(file.path(percentEncoded: false)) or above it; it names the datasets that pipelines use"
    )
  }

  static func loadCatalogue(_ file: URL) throws -> DatasetCatalogue {
    do { return try DatasetCatalogue.load(from: file, environment: ProcessInfo.processInfo.environment) } catch {
      throw ToolError(.badConfiguration, "\(error)")
    }
  }

  private static func parse(
    _ file: (url: URL, path: String), catalogue: DatasetCatalogue, overrides: [String]
  ) throws -> PipelineSpec {
    try SpecParser.parse(
      String(contentsOf: file.url, encoding: .utf8), file: file.path, url: file.url,
      registry: StandardStages.registry, datasetNames: catalogue.declarations.map(\.name), overrides: overrides)
  }

  /// The file at `path`; where there is none, the only one whose path differs from it in case alone.
  private static func pipelineFile(_ path: String) throws -> (url: URL, path: String) {
    if FileSystem.exists(URL(filePath: path)) { return (URL(filePath: path), path) }
    var candidates = [path.hasPrefix("/") ? "/" : ""]
    for part in path.split(separator: "/") {
      candidates = try candidates.flatMap { base in
        let names =
          part == ".." || part == "."
          ? [String(part)]
          : try FileSystem.names(in: URL(filePath: base.isEmpty ? "." : base)).filter {
            $0.lowercased() == part.lowercased()
          }
        return names.map { base.isEmpty ? $0 : base.hasSuffix("/") ? base + $0 : "\(base)/\($0)" }
      }
    }
    guard candidates.count == 1, let found = candidates.first else {
      throw ToolError(
        .usage,
        candidates.isEmpty
          ? "there is no pipeline file \(path)" : "\(path) could be any of \(candidates.joined(separator: ", "))")
    }
    return (URL(filePath: found), found)
  }

  private static func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
