import Datasets
import Foundation
import Records
import TestSupport
import Testing

/// Genuine layouts, each a small part of the whole dataset.
@Suite(.enabled("the shared media are not on this machine") { TestFiles.sharedMedia != nil })
struct SharedMediaTests {
  private func labels(_ scan: DatasetScan) -> [Int] {
    Label.allCases.map { label in scan.sources.count { $0.label == label } }
  }

  @Test func dfdc() throws {
    let scan = try #require(try sharedTree("dfdc")).scan("dfdc")
    #expect(labels(scan) == [0, 3])
    #expect(scan.missing.contains("dfdc_train_part_0/awnfpubqmo.mp4"))
    #expect(scan.source("dfdc_train_part_0/brtujopkby.mp4")?.original == "dfdc_train_part_0/gnmmhlbzge.mp4")
    #expect(scan.unexpected == ["no_metadata/lynaeydofd.mp4"])
  }

  @Test func celebDF() throws {
    let scan = try #require(try sharedTree("celeb-df-v2")).scan("celeb-df")
    #expect(labels(scan) == [7, 7])
    #expect(scan.problems.isEmpty && scan.notes.contains { $0.contains("1 = real, 0 = fake") })
    #expect(Family.families(of: scan.sources).map(\.sources.count) == Array(repeating: 2, count: 7))
    let listed = scan.sources.count { $0.officialSplit == "test" }
    #expect(listed > 0 && scan.missing.count == 518 - listed)
  }

  @Test func celebDFWithACutList() throws {
    let media = try #require(TestFiles.sharedMedia)
    let list = try String(
      contentsOf: media.appending(path: "awkward/lists/List_of_testing_videos.truncated.txt"), encoding: .utf8)
    try TestFiles.withTemporaryDirectory { folder in
      let scan = try Tree(folder, ["YouTube-real/00170.mp4"], texts: ["List_of_testing_videos.txt": list])
        .scan("celeb-df")
      let errors = scan.problems.filter { $0.severity == .error }.map(\.message)
      let cut = "line 501, '0 Celeb-synthesis/id4_id30', names no clip; the official split lacks it. It is the last"
      #expect(errors.count == 1 && errors.allSatisfy { $0.hasPrefix(cut) })
      #expect(scan.problems.contains { $0.severity == .warning && $0.message.hasPrefix("500 clips") })
    }
  }

  @Test func faceForensics() throws {
    let tree = try #require(try sharedTree("ffpp"))
    let scan = try tree.scan("faceforensics")
    #expect(labels(scan) == [13, 27])
    #expect(scan.problems.isEmpty && scan.unexpected.isEmpty)
    #expect(scan.notes.contains("conversion_dict.json: 1000 sequences from 977 videos"))
    #expect(try labels(tree.scan("faceforensics", LayoutOptions(compression: ["c40"]))) == [11, 24])
    #expect(scan.source("manipulated_sequences/FaceSwap/c23/videos/634_660.mp4")?.officialSplit == "test")
    #expect(scan.sources.filter { $0.identity?.hasPrefix("actor-") == true }.count == 5)
    let c40 = try tree.scan("faceforensics", LayoutOptions(compression: ["c40"]))
    #expect(c40.missing.contains("original_sequences/youtube/c40/videos/000.mp4"))
    #expect(Family.families(of: c40.sources).filter { $0.sources.count == 5 }.count == 6)
  }

  @Test func folderOfImages() throws {
    let scan = try #require(try sharedTree("images/ecuador_flux_512")).scan("folder")
    #expect(labels(scan) == [50, 22])
  }

  @Test func csvOfFaceCrops() throws {
    for name in ["dfdc_faces224", "stylegan_ffhq256", "people_t2i_2025"] {
      let scan = try #require(try sharedTree("study/\(name)")).scan("csv", LayoutOptions(list: "metadata.csv"))
      #expect(scan.missing.isEmpty && scan.unexpected.isEmpty && scan.problems.isEmpty, "\(name)")
      #expect(scan.notes.contains { $0.contains("columns not read: 'group'") })
      #expect(scan.sources.allSatisfy { ($0.label == .fake) == $0.path.hasPrefix("fake/") })
    }
    let scale = try #require(try sharedTree("scale/dfdc_faces224")).scan("csv", LayoutOptions(list: "metadata.csv"))
    #expect(labels(scale)[0] == 2000)
    #expect(scale.missing.isEmpty, "a fake names its original without folder and extension")
    #expect(Family.families(of: scale.sources).count == 2000)
  }

  @Test func tarsWithoutPicturesAreAnErrorThatSaysSo() throws {
    let tree = try #require(try sharedTree("webdataset"))
    #expect { try tree.scan("webdataset", LayoutOptions(label: "cls")) } throws: { error in
      "\(error)".contains("a sample without a picture")
    }
  }

  @Test func layoutsAreToldFromWhatFoldersHold() throws {
    let media = try #require(TestFiles.sharedMedia).path(percentEncoded: false)
    let found = try FoundDatasets(in: media)
    let layouts = Dictionary(uniqueKeysWithValues: found.declarations.map { ($0.name, $0.layout) })
    #expect(layouts["dfdc"] == "dfdc" && layouts["celeb-df-v2"] == "celeb-df" && layouts["ffpp"] == "faceforensics")
    #expect(layouts["images/ciplab_160"] == "folder" && layouts["study/dfdc_faces224"] == "csv")
    #expect(layouts["webdataset"] == "webdataset" && found.others.contains("faces_unlabelled"))
    #expect(try FoundDatasets(in: "\(media)/ffpp").declarations.map(\.name) == ["ffpp"])
  }

  @Test func folderOfPicturesWithNamesThatAgree() throws {
    for name in ["images/140k_real_fake_256", "images/ciplab_160", "images/ecuador_flux_512"] {
      #expect(try #require(try sharedTree(name)).scan("folder").problems.isEmpty, "\(name)")
    }
  }
}
