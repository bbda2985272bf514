// Trains a recommender on the simulated sample world (or on a MovieLens folder) with and without AutoGraph, compares the two,
// recommends with reasons, saves and reloads.   ./build.sh quickstart -- [--data PATH] [--items-knowledge FILE] [--encoder DIR]
using System.CommandLine;
using Quickstart;

Option<DirectoryInfo?> data = new("--data") { Description = "A MovieLens folder (100K, 1M, latest, 20M to 32M); without it the simulated sample world" };
Option<FileInfo?> knowledge = new("--items-knowledge") { Description = "Recorded knowledge of items: a JSON object id → text, or JSON Lines" };
Option<DirectoryInfo?> encoder = new("--encoder") { Description = "Folder of an ONNX sentence encoder; without it the corpus encoder (TF-IDF + SVD)" };
Option<int> seed = new("--seed") { Description = "Seed", DefaultValueFactory = _ => 42 };
var root = new RootCommand("AutoGraph in five minutes") { data, knowledge, encoder, seed };
root.SetAction(parsed => Lesson.Run(parsed.GetValue(data)?.FullName, parsed.GetValue(knowledge)?.FullName, parsed.GetValue(encoder)?.FullName, parsed.GetValue(seed)));
return root.Parse(args).Invoke();
