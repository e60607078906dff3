import Evaluation
import Records
import Testing

@Suite struct ScoreTableTests {
  @Test(arguments: [
    "path,label,score\na.mp4,1,0.5\n", "Image_Path,Target,Y_Pred\na.mp4,fake,0.5\n",
    "\u{feff}y_true,file name,prob_fake\r\n1,a.mp4,0.5\r\n", "key,gt,expert-0,expert-1\na.mp4,FAKE,0.25,0.75\n",
    "key,label,mixture,expert-0\na.mp4,1,0.5,0.9\n", "video,label,score\na.mp4,1,0.5\n",
  ]) func `columns in any order, by several spellings`(text: String) throws {
    let table = try ScoreTable(text, name: "x.csv")
    #expect(table.judgements.map(\.key) == ["a.mp4"])
    #expect(table.judgements[0].label == .fake && table.judgements[0].scores == [0.5])
    #expect(table.judgements[0].video == "a.mp4" && table.judgements[0].group == "a.mp4")
  }

  @Test func `all columns are read, and what is not is said`() throws {
    let table = try ScoreTable(
      """
      key,label,score,video,group,dataset,manipulation,domain,fold,cluster,face-pixels,sharpness,comment
      1,0,0.25,v,g,d,,known,2,3,64.5,10,hm
      2,1,,w,g,d,FaceSwap,known,2,,,,

      """, name: "x.csv")
    #expect(
      table.judgements[0]
        == Judgement(
          key: "1", video: "v", group: "g", dataset: "d", domain: "known", label: .real, fold: 2, cluster: 3,
          facePixels: 64.5, sharpness: 10, scores: [0.25]))
    #expect(table.judgements[1].method == "FaceSwap" && table.judgements[1].missing == "no-score")
    #expect(table.notes == ["x.csv: not read: 'comment'"])
  }

  @Test func `seeds are scores of one detector`() throws {
    let table = try ScoreTable("key,label,seed-0,seed-1\na,1,0.5,0.25\nb,0,nan,nan\n", name: "x")
    #expect(table.judgements.map(\.scores) == [[0.5, 0.25], []])
  }

  @Test func `a table that dfprep wrote is read: made samples left out, folds apart from held-out ones`() throws {
    func prediction(_ key: String, fold: Int?, role: Role, isMade: Bool = false, missing: String? = nil) -> Prediction {
      Prediction(
        key: key, video: key, group: key, dataset: "d", label: .real, fold: fold, role: role, isMade: isMade,
        missing: missing, scores: missing == nil ? [0.5, nil] : [], mixture: fold == nil && missing == nil ? 0.25 : nil)
    }
    let text = try PredictionTable.text([
      prediction("a", fold: 0, role: .train), prediction("b", fold: 0, role: .train, isMade: true),
      prediction("c", fold: nil, role: .test), prediction("d", fold: nil, role: .train, missing: "no-face"),
    ])
    let table = try ScoreTable(text, name: "predictions.csv")
    #expect(table.sets.map(\.name) == ["held-out samples", "out of fold"])
    #expect(table.sets.map { $0.judgements.map(\.key) } == [["c"], ["a", "d"]])
    #expect(table.judgements.map(\.scores) == [[0.5], [0.25], []])
    #expect(table.notes == ["predictions.csv: 1 made samples are left out"])
    let parts = table.parts(beside: table)
    #expect(parts.allSatisfy { $0.first == $0.second } && parts.map(\.first.count) == [1, 2])
  }

  @Test(arguments: [
    ("path,score\na,0.5\n", "no column for label"), ("path,label,sc\na,1,0.5\n", "unknown are 'sc'"),
    ("path,label,score\na,maybe,0.5\n", "label 'maybe'"), ("path,label,score\na,1,high\n", "'high' is no number"),
    ("path,label,score\na,1,0.5\na,1,0.5\n", "'a' twice"),
    ("path,label,score,prob\na,1,0.5,1\n", "two columns for score"),
    ("path,label,score\na,1\n", "record 2"), ("path,label,score\n", "no rows"), ("", "no rows"),
    ("path,label,score,grouq\na,1,0.5,g\n", "did you mean 'group'"),
    ("path,label,score,fold\na,1,0.5,x\n", "fold 'x'"), ("key,label,seed-0,seed-1\na,1,1,0\nb,1,,0\n", "seeds"),
  ]) func `a table that cannot be read says what is wrong`(text: String, words: String) {
    #expect { try ScoreTable(text, name: "x.csv") } throws: { error in
      "\(error)".contains(words) && "\(error)".contains("x.csv")
    }
  }
}
