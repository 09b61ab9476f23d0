/** Every function that stands for a whole meaning (`@name` in spec/isa). */
export * from "./system";
export * from "./cache";
