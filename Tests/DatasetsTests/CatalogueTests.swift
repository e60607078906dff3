import Datasets
import Foundation
import Records
import TestSupport
import Testing

@Suite struct CatalogueTests {
  private func load(_ text: String, environment: [String: String] = [:]) throws -> DatasetCatalogue {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "datasets.toml")
      try Data(text.utf8).write(to: url)
      return try DatasetCatalogue.load(from: url, environment: environment)
    }
  }

  private func message(_ text: String, environment: [String: String] = [:]) -> String {
    do {
      _ = try load(text, environment: environment)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func readsAllKeys() throws {
    let catalogue = try load(
      """
      [b]
      layout = "folder"
      root = "/abs/b"
      [a-1]
      layout = "dfdc"
      root = "${HERE}/dfdc"
      parts = [4, 0, 4]
      input = "face"
      license = "L"
      domain = "unknown-post"
      [f]
      layout = "faceforensics"
      root = "ff"
      compression = "c23"
      """, environment: ["HERE": "/data"])
    #expect(catalogue.declarations.map(\.name) == ["a-1", "b", "f"])
    let first = try catalogue.declaration(named: "a-1")
    #expect(
      first
        == DatasetDeclaration(
          name: "a-1", layout: "dfdc", root: "/data/dfdc", declaredRoot: "${HERE}/dfdc", input: .face, license: "L",
          domain: "unknown-post", options: LayoutOptions(parts: [0, 4])))
    #expect(try catalogue.declaration(named: "f").options.compression == ["c23"])
  }

  @Test func rootsAreExpandedAndRelativeToTheFile() throws {
    let text = "[d]\nlayout = \"folder\"\nroot = \"${DFPREP_DATA:-data}/x\""
    func root(_ environment: [String: String]) throws -> String {
      try load(text, environment: environment).declaration(named: "d").root
    }
    #expect(try root(["DFPREP_DATA": "/m"]) == "/m/x")
    #expect(try root([:]).hasSuffix("/data/x") && root([:]).hasPrefix("/"))
    #expect(try root(["DFPREP_DATA": ""]).hasSuffix("/data/x"))
    #expect(try root(["DFPREP_DATA": "../up"]).hasSuffix("/up/x"))
    #expect(message("[d]\nlayout = \"folder\"\nroot = \"${NONE}/x\"").contains("environment variable NONE"))
    #expect(message("[d]\nlayout = \"folder\"\nroot = \"${x\"").contains("${NAME:-default}"))
  }

  @Test(arguments: [
    ("[dfdc]\nlayout = \"dfdc\"\nrooot = \"x\"", "datasets.toml: [dfdc] unknown key 'rooot'; did you mean 'root'?"),
    ("[dfdc]\nlayout = \"dfdc\"\nrooot = \"x\"", "datasets.toml: [dfdc] 'root' is missing"),
    ("[c]\nlayout = \"celeb-df\"\nroot = \"x\"\nparts = [1]", "[c] unknown key 'parts'"),
    ("[d]\nlayout = \"dfdcc\"\nroot = \"x\"", "unknown layout 'dfdcc'; did you mean 'dfdc'?"),
    ("[d]\nlayout = 3\nroot = \"x\"", "'layout' is of type integer"),
    ("[d]\nlayout = \"dfdc\"\nroot = \"x\"\nparts = [1, \"2\"]", "'parts' is a list of whole numbers"),
    ("[d]\nlayout = \"dfdc\"\nroot = \"x\"\ninput = \"fase\"", "'input' is 'fase'; did you mean 'face'?"),
    ("[d]\nlayout = \"dfdc\"\nroot = \"x\"\ndomain = \"nearby\"", "there are known, unknown-current, unknown-post"),
    ("[d]\nlayout = \"faceforensics\"\nroot = \"x\"\ncompression = [\"c99\"]", "'compression' is one of \"raw\""),
    ("[d]\nlayout = \"csv\"\nroot = \"x\"", "[d] 'list' is missing, which layout 'csv' needs"),
    ("[d]\nlayout = \"csv\"\nroot = \"x\"\nlist = \"../l.csv\"", "'list' is '../l.csv'; give a path below root"),
    ("[d]\nlayout = \"csv\"\nroot = \"x\"\nlist = \"l\"\none = \"fak\"", "'one' is 'fak'; did you mean 'fake'?"),
    ("[d]\nlayout = \"webdataset\"\nroot = \"x\"", "'label' is missing, which layout 'webdataset' needs"),
    ("[d]\nlayout = \"webdataset\"\nroot = \"x\"\nlabel = \"json\"", "give \"cls\" for the member cls"),
    ("[d]\nlayout = \"deeperforensics\"\nroot = \"x\"\nvariants = \"end\"", "'variants' is one of \"end_to_end\""),
    ("[d]\nlayout = \"folder\"\nroot = \"x\"\none = \"fake\"", "[d] unknown key 'one'"),
    ("root = \"x\"", "'root' stands outside a dataset"),
    ("[d]\nlayout = \"dfdc\"\nroot = ", "datasets.toml:3:"),
    ("[d]\nlayout = \"dfdc\"\nlayout = \"dfdc\"", "datasets.toml:3:"),
  ])
  func faultsSayWhatWhereAndWhatToDo(text: String, expected: String) {
    #expect(message(text).contains(expected), "\(message(text))")
  }

  @Test func allFaultsAreReportedAtOnce() {
    let lines = message("[a]\nlayout = \"x\"\n[b]\nroot = \"y\"\nlayout = \"folder\"\nz = 1").split(separator: "\n")
    #expect(lines.count == 3, "\(lines)")
  }

  @Test func unknownDatasetNamesTheNearest() throws {
    let catalogue = try load("[dfdc]\nlayout = \"dfdc\"\nroot = \"x\"")
    #expect { try catalogue.declaration(named: "dfdcc") } throws: { "\($0)".contains("did you mean 'dfdc'?") }
  }

  @Test func everyLayoutIsKebabCaseAndListedInOrder() {
    #expect(
      DatasetReaders.layouts == [
        "celeb-df", "celeb-df-pp", "celeba", "csv", "deeperforensics", "df40", "dfdc", "dfdc-preview", "faceforensics",
        "folder", "multiffdi", "stylegan-140k", "supcon-mpl", "uadfv", "webdataset",
      ])
    #expect(DatasetReaders.all.allSatisfy { Set($0.requiredOptions).isSubset(of: $0.options) })
  }

  @Test func readyCropsAreFacesUnlessDeclaredOtherwise() throws {
    func input(_ layout: String, _ more: String = "") throws -> InputKind {
      try load("[d]\nlayout = \"\(layout)\"\nroot = \"x\"\n\(more)").declaration(named: "d").input
    }
    for layout in ["df40", "multiffdi", "stylegan-140k", "supcon-mpl"] { #expect(try input(layout) == .face) }
    for layout in ["celeba", "dfdc", "folder", "uadfv"] { #expect(try input(layout) == .frame) }
    #expect(try input("webdataset", "label = \"cls\"") == .face)
    #expect(try input("df40", "input = \"frame\"") == .frame)
  }

  @Test func missingAndEmptyRootsAreErrorsThatSayWhatToDo() throws {
    try TestFiles.withTemporaryDirectory { folder in
      for layout in DatasetReaders.layouts {
        for (name, code) in [("none", DatasetsError.Code.missingRoot), ("", .emptyRoot)] {
          let declaration = DatasetDeclaration(
            name: "d", layout: layout, root: folder.appending(path: name).path(percentEncoded: false),
            declaredRoot: "${DFPREP_DATA:-data}/d", options: LayoutOptions(list: "list.csv", label: "cls"))
          #expect { try DatasetReaders.scan(declaration) } throws: { error in
            (error as? DatasetsError)?.code == code && "\(error)".contains("set DFPREP_DATA, or change root")
          }
        }
      }
    }
  }

  /// The file that the project comes with.
  @Test func shippedCatalogueReads() throws {
    let url = TestFiles.repository.appending(path: "datasets.toml")
    let catalogue = try DatasetCatalogue.load(from: url, environment: ["DFPREP_DATA": "/media"])
    #expect(
      catalogue.declarations.map(\.name) == [
        "celeb-df-v2", "demo", "dfdc", "faceforensics", "multiffdi", "stylegan", "supcon-mpl",
      ])
    #expect(catalogue.declarations.allSatisfy { $0.license != nil })
    #expect(try catalogue.declaration(named: "faceforensics").root == "/media/ffpp")
    let demo = TestFiles.repository.appending(path: "build/demo/dfdc").path(percentEncoded: false)
    #expect(try catalogue.declaration(named: "demo").root == demo)
  }

  /// The examples of the file are declarations once their comment signs are taken away, one of every layout.
  @Test func shippedExamplesRead() throws {
    let text = try String(contentsOf: TestFiles.repository.appending(path: "datasets.toml"), encoding: .utf8)
    let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.prefixMatch(of: /# (?:\[|[a-z]+ += )/) == nil ? line : line.dropFirst(2)
    }
    let catalogue = try load(uncommented.joined(separator: "\n"))
    #expect(Set(catalogue.declarations.map(\.layout)) == Set(DatasetReaders.layouts))
  }
}
