/** Every function that an integer meaning of spec/isa can name. */
export * from "./arithmetic";
export * from "./bits";
